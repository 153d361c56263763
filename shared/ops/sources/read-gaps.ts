import { timing } from '../../kernel/timing';
import { countsOf, sumCounts } from '../../observe/counts';
import type { Counts } from '../../observe/counts';
import type { Levels } from '../../store/ports/ops/levels';

/** Counts of the last hour, to five minutes and to the last run of `observe`. */
export type Gaps = {
  /** News of users, by the source that brought it first. */
  readonly found: Counts;
  /** Of those, what a faster source should have told, by that source. */
  readonly missedBy: Counts;
};

type Pieces = NonNullable<Levels['gaps']>;

/**
 * Which sources told, and which should have, from the levels that `observe` keeps; undefined: it has not run yet. `now`:
 * milliseconds.
 */
export function readGaps(levels: Pick<Levels, 'gaps'> | undefined, now: number): Gaps {
  const sum = sumCounts(lately(levels?.gaps ?? [], now).map(({ counts }) => counts));
  return { found: countsOf(sum, 'found'), missedBy: countsOf(sum, 'gaps') };
}

/** The pieces of the last hour with what came since; `recent`: counts of all names between `from` and `now`, milliseconds. */
export function addGaps(before: Pieces, recent: Counts, from: number, now: number): Pieces {
  const counts = Object.fromEntries(
    Object.entries(recent).filter(([name]) => /^(?:found|gaps)\./.test(name)),
  );
  const pieces = lately(before, now);
  if (Object.keys(counts).length === 0) return pieces;
  const last = pieces.at(-1);
  if (last === undefined || now - last.from > timing.ops.gapsPiece.ms) return [...pieces, { from, counts }];
  return [...pieces.slice(0, -1), { from: last.from, counts: { ...sumCounts([last.counts, counts]) } }];
}

function lately(pieces: Pieces, now: number): Pieces {
  return pieces.filter(({ from }) => now - from <= timing.ops.gapsCounted.ms);
}
