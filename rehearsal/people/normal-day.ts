import type { Engine } from '@auto-licenser/graph-emulator/engine';
import { isAtWork } from './at-work';

/** How many people come, change their place and go on a working day. */
export type PeopleOfDay = { readonly joiners: number; readonly movers: number; readonly leavers: number };

/**
 * Shares of a staff that keeps its size about, over 250 working days a year: one in five is new each year, one in ten
 * changes department, and three in twenty leave. Choices of the rehearsal, not measured in any tenant: the options
 * `--joiners`, `--movers` and `--leavers` take their place.
 */
export const sharesOfDay = { joiners: 0.2 / 250, movers: 0.1 / 250, leavers: 0.15 / 250 } as const;

/** A normal day of this tenant: at least one of each, as far as there are people at work. */
export function normalDay(engine: Engine, given: Partial<PeopleOfDay> = {}): PeopleOfDay {
  const staff = engine.tenant.userOrder.filter(isAtWork).length;
  const of = (share: number) => (staff === 0 ? 0 : Math.max(1, Math.round(staff * share)));
  return {
    joiners: given.joiners ?? of(sharesOfDay.joiners),
    movers: given.movers ?? of(sharesOfDay.movers),
    leavers: given.leavers ?? of(sharesOfDay.leavers),
  };
}
