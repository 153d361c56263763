import type { Engine } from '../engine/engine';
import type { UserRecord } from '../engine/records';
import { peopleAtWork } from './at-work';

/** How many people come, change their place and go in a span of time. */
export type PeopleCounts = { readonly joiners: number; readonly movers: number; readonly leavers: number };

/**
 * Of a hundred people at work a fifth come and go in a year, and half as many change their place: a staff that keeps its
 * size. A choice, not measured in any tenant; numbers that are given take its place.
 */
export const sharesOfYear = { joiners: 0.2, movers: 0.1, leavers: 0.2 } as const;

/** Parts of a year: one of its weeks, and one of its working days. */
export const aWeek = 1 / 52;
export const aWorkingDay = 1 / 250;

const dayMs = 24 * 3_600_000;
const quarterMs = 91 * dayMs;
const quartersOfYear = 4;

/**
 * What is usual in such a part of a year of this tenant: at least one of each, as far as there are people at work. As many
 * join as accounts were created in the last quarter; where the dates tell nothing, and for movers and leavers, it is a
 * share of the people.
 */
export function usualChanges(
  engine: Engine,
  partOfYear: number,
  given: {
    readonly joiners?: number | undefined;
    readonly movers?: number | undefined;
    readonly leavers?: number | undefined;
  } = {},
): PeopleCounts {
  const people = peopleAtWork(engine);
  const atLeastOne = (ofYear: number) =>
    people.length === 0 ? 0 : Math.max(1, Math.round(ofYear * partOfYear));
  const share = (of: keyof PeopleCounts) => atLeastOne(people.length * sharesOfYear[of]);
  const created = createdInLastQuarter(people);
  return {
    joiners:
      given.joiners ?? (created === undefined ? share('joiners') : atLeastOne(created * quartersOfYear)),
    movers: given.movers ?? share('movers'),
    leavers: given.leavers ?? share('leavers'),
  };
}

/** Counted back from the youngest account: a copy may be older than today. undefined: the dates tell nothing. */
function createdInLastQuarter(people: readonly UserRecord[]): number | undefined {
  const times = people
    .map(({ version }) => version.properties.createdDateTime)
    .map((at) => (typeof at === 'string' ? Date.parse(at) : Number.NaN))
    .filter((at) => !Number.isNaN(at));
  const last = times.reduce((latest, at) => Math.max(latest, at), 0);
  const recent = times.filter((at) => at > last - quarterMs).length;
  // A tenant that was filled at once tells nothing.
  return recent === 0 || recent > people.length / 10 ? undefined : recent;
}
