import type { Meter } from '@opentelemetry/api';
import { systemClock } from '../kernel/clock';
import type { Clock } from '../kernel/clock';
import { timing } from '../kernel/timing';
import { within } from '../kernel/within';

/** Stages of a user on the way to a license, each counted from when the user was first seen. */
export const timeStages = ['decided', 'written', 'verified'] as const;
export type TimeStage = (typeof timeStages)[number];

/** What the app counts. Names and units: docs/architecture.md. */
export interface Metrics {
  /** A user has got another outcome. */
  outcome(outcome: string): void;
  /** Graph has confirmed a write. */
  written(): void;
  /** Graph refused a call; `throttled` and `concurrency` are refusals too. */
  refused(refusalClass: string): void;
  /** Work was given up on. */
  failed(failureClass: string): void;
  /** The handling of a message came to this result; `cause`: why the user is looked at again. */
  handled(result: string, cause?: string): void;
  /** Once per user and stage. */
  licensed(stage: TimeStage, ms: number): void;
  /** A source brought news of a user before any other did. */
  found(source: string): void;
  /** `by` found a user whom the faster `source` should have brought. */
  gap(source: string, by: string): void;
}

/** Sources that are faster than another one. */
const gapSources = ['notification', 'delta'] as const;

export const noMetrics: Metrics = {
  outcome: () => undefined,
  written: () => undefined,
  refused: () => undefined,
  failed: () => undefined,
  handled: () => undefined,
  licensed: () => undefined,
  found: () => undefined,
  gap: () => undefined,
};

/** Every value an attribute is known to take: their series exist at zero before anything has happened. */
export type MetricLabels = {
  readonly outcomes: readonly string[];
  readonly refusals: readonly string[];
  readonly failures: readonly string[];
  readonly results: readonly string[];
};

/** Seconds: from what a quiet queue takes to what a sync of a whole tenant takes under the quota. */
const secondsBuckets = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];

/** Counters and the histogram of one meter of the OpenTelemetry API; without an SDK they cost nothing. */
export function makeMetrics(meter: Meter, labels: MetricLabels): Metrics {
  const counter = (name: string, description: string, unit: string) =>
    meter.createCounter(`licenser.${name}`, { description, unit });
  const outcomes = counter('outcomes', 'Users who got this outcome', '{user}');
  const writes = counter('writes', 'Writes that Graph confirmed', '{write}');
  const refusals = counter('graph.refusals', 'Calls that Graph refused, by class', '{call}');
  const throttled = counter('graph.throttled', 'Writes for which Graph asked for fewer', '{call}');
  const failures = counter('failures', 'Failures recorded, by class', '{failure}');
  const results = counter('results', 'What handling a message came to; `at` by its cause', '{message}');
  const found = counter('found', 'News of users, by the source that brought it first', '{user}');
  const gaps = counter('gaps', 'Users found by a slower source than the one that should have told', '{user}');
  const seconds = meter.createHistogram('licenser.time_to_licensed', {
    description: 'From when a user was first seen to each stage, once per user',
    unit: 's',
    advice: { explicitBucketBoundaries: secondsBuckets },
  });
  for (const outcome of labels.outcomes) outcomes.add(0, { outcome });
  for (const refusal of labels.refusals) refusals.add(0, { class: refusal });
  for (const failure of labels.failures) failures.add(0, { class: failure });
  for (const result of labels.results) results.add(0, { result });
  for (const source of gapSources) gaps.add(0, { source });
  writes.add(0);
  throttled.add(0);
  return {
    outcome: (outcome) => outcomes.add(1, { outcome }),
    written: () => writes.add(1),
    refused: (refusal) => {
      refusals.add(1, { class: refusal });
      if (refusal === 'throttled' || refusal === 'concurrency') throttled.add(1);
    },
    failed: (failure) => failures.add(1, { class: failure }),
    handled: (result, cause) => results.add(1, { result, ...(cause === undefined ? {} : { cause }) }),
    licensed: (stage, ms) => seconds.record(ms / 1_000, { stage }),
    found: (source) => found.add(1, { source }),
    gap: (source, by) => gaps.add(1, { source, by }),
  };
}

export type Levels = {
  /** Users on the waiting lists. */
  readonly waiting: number;
  readonly pauses: number;
  /** Users in scope whom the last census left without an outcome: must be 0. */
  readonly usersWithoutOutcome: number;
  /** Writes per second that the quota row allows at present. */
  readonly quotaPerSecond: number;
};

/**
 * Gauges, asked for whenever metrics are exported. What cannot be read within 2 s is left out of that export: it must not
 * hold up the rest.
 * @param read undefined: another process of the app reports them, so that sums over all processes are right
 */
export function observeLevels(
  meter: Meter,
  read: () => Promise<Levels | undefined>,
  clock: Clock = systemClock,
): void {
  const gauge = (name: string, description: string, unit: string) =>
    meter.createObservableGauge(`licenser.${name}`, { description, unit });
  const waiting = gauge('waiting', 'Users who wait for a seat', '{user}');
  const pauses = gauge('pauses', 'Pauses in force', '{pause}');
  const without = gauge('users_without_outcome', 'Users whom the census left without an outcome', '{user}');
  const quota = gauge('quota.rate', 'Writes per second that the shared quota allows', '{write}/s');
  meter.addBatchObservableCallback(
    async (result) => {
      let levels: Levels | undefined;
      const reading = read().then((known) => void (levels = known));
      await within(reading, timing.observe.levelsRead.ms, clock);
      if (levels === undefined) return;
      result.observe(waiting, levels.waiting);
      result.observe(pauses, levels.pauses);
      result.observe(without, levels.usersWithoutOutcome);
      result.observe(quota, levels.quotaPerSecond);
    },
    [waiting, pauses, without, quota],
  );
}
