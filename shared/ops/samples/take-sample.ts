import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { Services } from '../../pipeline/services';
import type { RecordStore } from '../../store/ports/record-store';
import type { Sample } from '../../store/ports/sample';
import type { StatusFacts } from '../status/status-facts';

export type SampleStores = { readonly minutes: RecordStore<Sample>; readonly hours: RecordStore<Sample> };

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const endOfTime = 8_640_000_000_000_000;

/** The id of a sample's time, so that the newest comes first. */
export function sampleId(at: number): string {
  return String(endOfTime - at).padStart(16, '0');
}

/**
 * Of the timer `observe`: one sample a minute, one an hour with the seats, and what is kept no longer is removed. Two
 * processes that run at once write the same minute once.
 */
export async function takeSample(
  { minutes, hours }: SampleStores,
  { catalogue }: Pick<Services, 'catalogue'>,
  facts: StatusFacts,
  verdict: string,
): Promise<void> {
  const { sampleMinute, sampleHour, minutesKept, hoursKept } = timing.ops;
  const minute = Math.floor(facts.now / sampleMinute.ms) * sampleMinute.ms;
  const hour = Math.floor(facts.now / sampleHour.ms) * sampleHour.ms;
  const sample = toSample(facts, verdict);
  await createOnce(minutes, { ...sample, at: minute });
  if ((await hours.read(sampleId(hour))) === undefined) {
    const { catalogue: tenant } = await catalogue.read();
    const seats = Object.fromEntries(
      tenant.skus.map(({ skuId, consumedUnits, enabledUnits }) => [
        skuId,
        { consumed: consumedUnits, enabled: enabledUnits },
      ]),
    );
    await createOnce(hours, { ...sample, at: hour, seats });
  }
  await removeBefore(minutes, facts.now - minutesKept.ms);
  await removeBefore(hours, facts.now - hoursKept.ms);
}

function toSample(
  { queues, waiting, pauses, failures, timeToLicensed, now }: StatusFacts,
  verdict: string,
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
  };
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
