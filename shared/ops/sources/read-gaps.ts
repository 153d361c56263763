import { timing } from '../../kernel/timing';
import { countsOf, sumCounts } from '../../observe/counts';
import type { Counts } from '../../observe/counts';
import type { CounterStore } from '../../store/ports/ops/counter-store';

/** Counts of the last hour. */
export type Gaps = {
  /** News of users, by the source that brought it first. */
  readonly found: Counts;
  /** Of those, what a faster source should have told, by that source. */
  readonly missedBy: Counts;
};

/** Which sources told, and which should have. One reading of the counters. @throws TransientError */
export async function readGaps(counters: CounterStore, now: number): Promise<Gaps> {
  const rows: Counts[] = [];
  for await (const { counts } of counters.list(now - timing.ops.gapsCounted.ms)) rows.push(counts);
  const sum = sumCounts(rows);
  return { found: countsOf(sum, 'found'), missedBy: countsOf(sum, 'gaps') };
}
