import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { Sample } from '../../store/ports/sample';
import { sampleId } from './take-sample';
import type { SampleStores } from './take-sample';

/** Columns of numbers over time, oldest first; null: not known at that time. */
export type Series = {
  /** ISO 8601. */
  readonly at: readonly string[];
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
};

/**
 * The samples from `from` to `to` (milliseconds): by the minute where all of that is still kept, else by the hour.
 * `names`: only these series, such as `directory-changes.active`, `waiting`, `p95Ms`.
 */
export async function readSeries(
  { minutes, hours }: SampleStores,
  { from, to, now, names }: { from: number; to: number; now: number; names?: readonly string[] },
): Promise<Series> {
  const byMinute = now - from <= timing.ops.minutesKept.ms && to - from <= timing.ops.minuteSeries.ms;
  const store = byMinute ? minutes : hours;
  const samples: Sample[] = [];
  for await (const { value } of store.list({ after: sampleId(to + 1) })) {
    if (value.at < from) break;
    samples.unshift(value);
  }
  const rows = samples.map(toNumbers);
  const found = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) => names === undefined || names.includes(name),
  );
  return {
    at: samples.map(({ at }) => isoTime(at)),
    series: Object.fromEntries(found.map((name) => [name, rows.map((row) => row[name] ?? null)])),
  };
}

function toNumbers({ queues, waiting, pauses, openFailures, p95Ms, seats = {} }: Sample) {
  return Object.fromEntries<number | null>([
    ...Object.entries(queues).flatMap(([queue, counts]) =>
      Object.entries(counts).map(([name, value]) => [`${queue}.${name}`, value] as const),
    ),
    ...Object.entries(seats).map(([skuId, { consumed }]) => [`seats.${skuId}`, consumed] as const),
    ['waiting', waiting],
    ['pauses', pauses],
    ['openFailures', openFailures],
    ['p95Ms', p95Ms],
  ]);
}
