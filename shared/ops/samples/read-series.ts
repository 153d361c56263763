import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { countsOf, timesOf } from '../../observe/counts';
import type { Sample } from '../../store/ports/ops/sample';
import type { RememberedSamples } from './remember-samples';
import { sampleId } from './sample-id';
import type { SampleStores } from './sample-id';

/** Columns of numbers over time, oldest first; null: not known at that time. */
export type Series = {
  /** ISO 8601. */
  readonly at: readonly string[];
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
};

/**
 * The samples from `from` to `to` (milliseconds): by the minute where all of that is still kept, else by the hour.
 * `names`: only these series, such as `directory-changes.active`, `waiting`, `p95Ms`. `step`: `minute` or `hour` rather
 * than what the span suggests.
 */
export async function readSeries(
  { minutes, hours }: SampleStores,
  {
    from,
    to,
    now,
    names,
    step,
    known,
  }: {
    readonly from: number;
    readonly to: number;
    readonly now: number;
    readonly names?: readonly string[];
    readonly step?: 'minute' | 'hour';
    /** Samples of memory. Absent: all are read from the tables. */
    readonly known?: RememberedSamples;
  },
): Promise<Series> {
  const { minutesKept, minuteSeries, sampleMinute, sampleHour } = timing.ops;
  const byMinute =
    step === 'minute' || (step === undefined && now - from <= minutesKept.ms && to - from <= minuteSeries.ms);
  if (known !== undefined) {
    const found = await (byMinute ? known.minutes : known.hours)(from);
    return toSeries(
      found.filter(({ at }) => at <= to),
      names,
    );
  }
  const store = byMinute ? minutes : hours;
  const most = Math.ceil((now - from) / (byMinute ? sampleMinute.ms : sampleHour.ms)) + 1;
  const samples: Sample[] = [];
  for await (const { value } of store.list({ after: sampleId(to + 1), limit: Math.max(1, most) })) {
    if (value.at < from) break;
    samples.unshift(value);
  }
  return toSeries(samples, names);
}

/** Samples, the oldest first, as columns; `names`: only these. */
export function toSeries(samples: readonly Sample[], names?: readonly string[]): Series {
  const known = samples.map(knownOf);
  const rows = known.map(({ numbers }) => numbers);
  const found = (names ?? [...new Set(rows.flatMap((row) => Object.keys(row)))]).filter((name) =>
    rows.some((row) => name in row),
  );
  return {
    at: known.map(({ at }) => at),
    series: Object.fromEntries(found.map((name) => [name, rows.map((row) => row[name] ?? null)])),
  };
}

type Numbers = Readonly<Record<string, number | null>>;

type Known = { readonly at: string; readonly numbers: Numbers };

/** Of samples that a process remembers: percentiles of buckets are counted once. */
const counted = new WeakMap<Sample, Known>();

function knownOf(sample: Sample): Known {
  const known = counted.get(sample) ?? { at: isoTime(sample.at), numbers: toNumbers(sample) };
  counted.set(sample, known);
  return known;
}

/** Names of series; rates are a minute, times milliseconds, `seats.<skuId>` the taken seats. */
function toNumbers({
  queues,
  waiting,
  pauses,
  openFailures,
  p95Ms,
  rates,
  times,
  users = {},
  quota,
  seats = {},
}: Sample): Numbers {
  return Object.fromEntries<number | null>([
    ...Object.entries(queues).flatMap(([queue, counts]) =>
      Object.entries(counts).map(([name, value]) => [`${queue}.${name}`, value] as const),
    ),
    ...Object.entries(seats).map(([skuId, { consumed }]) => [`seats.${skuId}`, consumed] as const),
    ...Object.entries(users).map(([outcome, count]) => [`users.${outcome}`, count] as const),
    ...(rates === undefined ? [] : ofRates(rates)),
    ...(times === undefined ? [] : ofTimes(times)),
    ...(quota === undefined ? [] : ([['quota.perSecond', quota.perSecond]] as const)),
    ['waiting', waiting],
    ['pauses', pauses],
    ['openFailures', openFailures],
    ['p95Ms', p95Ms],
  ]);
}

function ofRates(rates: Readonly<Record<string, number>>): (readonly [string, number])[] {
  const sum = (group: string) => Object.values(countsOf(rates, group)).reduce((all, one) => all + one, 0);
  return [
    ['in', sum('hints')],
    ['decided', rates['decided'] ?? 0],
    ['written', rates['written'] ?? 0],
    ['throttled', rates['throttled'] ?? 0],
    ['refused', sum('refused')],
    ['failed', sum('failed')],
    ...Object.entries(countsOf(rates, 'hints')).map(([source, count]) => [`in.${source}`, count] as const),
  ];
}

function ofTimes(times: Readonly<Record<string, number>>): (readonly [string, number | null])[] {
  return (['decided', 'written', 'verified'] as const).flatMap((stage) => {
    const { users, p50, p95, p99 } = timesOf(times, stage);
    return [
      [`${stage}.users`, users],
      [`${stage}.p50`, p50],
      [`${stage}.p95`, p95],
      [`${stage}.p99`, p99],
    ] as const;
  });
}
