import { seededRandom } from '../../../emulator-kit/src/random';
import type { Engine } from '../engine/engine';
import { directoryRefusal } from '../engine/graph-fault';
import { peopleAtWork } from '../people/at-work';
import { PeopleDraw } from '../people/draw-people';
import { aWeek, usualChanges } from '../people/usual-changes';
import type { SyncWave } from './sync-wave';

export type WeekCounts = {
  /** Joiners. */
  readonly users?: number | undefined;
  readonly movers?: number | undefined;
  readonly leavers?: number | undefined;
  readonly seed: number;
};

/**
 * A normal week of the tenant: joiners, movers and leavers like the people who are there, as many as is usual unless they
 * are given. The same seed, the same week.
 * @throws GraphFault 400, with nothing done, when there are too few people
 */
export function syncWeek(engine: Engine, { users, movers, leavers, seed }: WeekCounts): SyncWave {
  const counts = usualChanges(engine, aWeek, { joiners: users, movers, leavers });
  const people = peopleAtWork(engine).length;
  if (people < counts.movers + counts.leavers + 1) {
    throw directoryRefusal(
      `The tenant has ${people} members at work; ${counts.movers} movers and ${counts.leavers} leavers need one more than that.`,
    );
  }
  const draw = new PeopleDraw(engine, seededRandom(seed));
  const times = <Drawn>(count: number, drawOne: () => Drawn | undefined): Drawn[] =>
    Array.from({ length: count }, drawOne).filter((one) => one !== undefined);
  // Who joins in a week does not move or leave in it.
  const wave = {
    movers: times(counts.movers, () => draw.move()),
    leavers: times(counts.leavers, () => draw.leave()),
  };
  return { users: times(counts.joiners, () => draw.join()), ...wave };
}
