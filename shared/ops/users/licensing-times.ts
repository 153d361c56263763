import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import type { TimeSample } from '../../words/time-sample';
import { timing } from '../../kernel/timing';

export type StageTimes = {
  readonly users: number;
  /** Milliseconds from when the user was first seen; null: no user. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
};
export type HourTimes = {
  /** ISO 8601, the hour's beginning. */
  readonly hour: string;
  readonly decided: StageTimes;
  readonly written: StageTimes;
  readonly verified: StageTimes;
};
export type LicensingTimes = { readonly hours: readonly HourTimes[]; readonly all: Omit<HourTimes, 'hour'> };

const hourMs = timing.ops.timesBucket.ms;

/** Time-to-licensed by hour, the latest hour first, over the last `hours` hours. Hours without a user are left out. */
export async function licensingTimes(
  { times, clock }: Pick<Services, 'times' | 'clock'>,
  hours: number,
): Promise<LicensingTimes> {
  const now = clock.now();
  const all = new Samples();
  const byHour = new Map<number, Samples>();
  for await (const sample of times.list(now - (hours - 1) * hourMs, now)) {
    const hour = Math.floor(sample.at / hourMs) * hourMs;
    const ofHour = byHour.get(hour) ?? new Samples();
    byHour.set(hour, ofHour);
    ofHour.add(sample);
    all.add(sample);
  }
  const latestFirst = [...byHour].sort(([a], [b]) => b - a);
  return {
    hours: latestFirst.map(([hour, samples]) => ({ hour: isoTime(hour), ...samples.summary() })),
    all: all.summary(),
  };
}

class Samples {
  readonly #ms = { decided: [] as number[], written: [] as number[], verified: [] as number[] };

  add(sample: TimeSample): void {
    for (const [stage, ms] of sample.stages) this.#ms[stage].push(ms);
  }

  summary(): Omit<HourTimes, 'hour'> {
    const { decided, written, verified } = this.#ms;
    return { decided: summarize(decided), written: summarize(written), verified: summarize(verified) };
  }
}

/** Nearest rank: a time that one user really had. */
function summarize(unsorted: readonly number[]): StageTimes {
  const sorted = [...unsorted].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { users: sorted.length, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) };
}
