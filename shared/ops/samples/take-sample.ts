import { collect } from '../../kernel/concurrently';
import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import { sumCounts } from '../../observe/counts';
import type { Counts } from '../../observe/counts';
import type { Services } from '../../pipeline/services';
import type { RecordStore } from '../../store/ports/record-store';
import type { Sample } from '../../store/ports/ops/sample';
import type { Counted } from '../levels/count-levels';
import { sampleId } from './sample-id';
import type { SampleStores } from './sample-id';
import type { StatusFacts } from '../status/status-facts';

/** What `observe` knows beside the facts of the verdict. */
export type SampleParts = {
  readonly verdict: string;
  readonly counted?: Counted;
  /** Writes per second that the shared quota allows. */
  readonly quotaPerSecond?: number;
};

/**
 * Of the timer `observe`: one sample a minute, one an hour with the seats, and what is kept no longer is removed. Two
 * processes that run at once write the same minute once.
 */
export async function takeSample(
  { minutes, hours }: SampleStores,
  { catalogue }: Pick<Services, 'catalogue'>,
  facts: StatusFacts,
  parts: SampleParts,
): Promise<void> {
  const { sampleMinute, sampleHour, minutesKept, hoursKept } = timing.ops;
  const minute = Math.floor(facts.now / sampleMinute.ms) * sampleMinute.ms;
  const hour = Math.floor(facts.now / sampleHour.ms) * sampleHour.ms;
  const sample = toSample(facts, parts);
  await createOnce(minutes, { ...sample, at: minute });
  if ((await hours.read(sampleId(hour))) === undefined) {
    const { catalogue: tenant } = await catalogue.read();
    const seats = Object.fromEntries(
      tenant.skus.map(({ skuId, consumedUnits, enabledUnits }) => [
        skuId,
        { consumed: consumedUnits, enabled: enabledUnits },
      ]),
    );
    const before = await collect(minutes.list({ limit: sampleHour.ms / sampleMinute.ms }));
    const ofHour = before.map(({ value }) => value).filter(({ at }) => at > hour - sampleHour.ms);
    await createOnce(hours, { ...sample, ...sumUp(ofHour), at: hour, seats });
  }
  await removeBefore(minutes, facts.now - minutesKept.ms);
  await removeBefore(hours, facts.now - hoursKept.ms);
}

/** The hour before, from its minutes: rates on average, all times. */
function sumUp(minutes: readonly Sample[]): Pick<Sample, 'rates' | 'times'> {
  const rates = sumCounts(minutes.map(({ rates: one = {} }) => one));
  return {
    rates: scale(rates, 1 / Math.max(1, minutes.length)),
    times: { ...sumCounts(minutes.map(({ times = {} }) => times)) },
  };
}

function toSample(
  { queues, waiting, pauses, failures, timeToLicensed, quotaClosedUntil, now }: StatusFacts,
  { verdict, counted, quotaPerSecond }: SampleParts,
): Sample {
  const known = 'problem' in queues ? [] : queues;
  return {
    at: now,
    queues: Object.fromEntries(
      known.map(({ queue, active, scheduled, deadLettered, oldestAgeMs }) => [
        queue,
        { active, scheduled, deadLettered, oldestAgeMs },
      ]),
    ),
    waiting: waiting.reduce((sum, { users }) => sum + users, 0),
    pauses: 'problem' in pauses ? 0 : pauses.length,
    openFailures: failures.reduce((sum, { count }) => sum + count, 0),
    p95Ms: timeToLicensed.p95,
    verdict,
    ...(counted === undefined ? {} : ofCounted(counted)),
    ...(quotaPerSecond === undefined
      ? {}
      : { quota: { perSecond: quotaPerSecond, closedUntil: quotaClosedUntil } }),
  };
}

function ofCounted({ levels, recent }: Counted): Pick<Sample, 'rates' | 'times' | 'users'> {
  const { from, until, counts } = levels.rates;
  const share = timing.ops.sampleMinute.ms / Math.max(1, until - from);
  const times = Object.fromEntries(Object.entries(recent).filter(([name]) => name.startsWith('time.')));
  return { rates: scale(counts, share), times, users: levels.users };
}

function scale(counts: Counts, by: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, Math.round(count * by * 100) / 100]),
  );
}

async function createOnce(store: RecordStore<Sample>, sample: Sample): Promise<void> {
  try {
    await store.create(sampleId(sample.at), sample);
  } catch (error) {
    if (!(error instanceof ConcurrencyError)) throw error;
  }
}

async function removeBefore(store: RecordStore<Sample>, at: number): Promise<void> {
  // The newest come first, so what is behind this id is older.
  for await (const { id } of store.list({ after: sampleId(at) })) await store.remove(id);
}
