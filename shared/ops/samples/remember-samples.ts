import type { Clock } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { Sample } from '../../store/ports/ops/sample';
import type { ListOptions, RecordStore } from '../../store/ports/record-store';
import { sampleId } from './sample-id';
import type { SampleStores } from './sample-id';

/**
 * The samples from `from` (milliseconds) until now, the oldest first. `observedAt`: when `observe`, which takes them, has just
 * run, so that one of a later time is not looked for.
 */
export type SamplesSince = (from: number, observedAt?: number) => Promise<readonly Sample[]>;

/** `from`: every sample since then is here. */
type Known = { readonly readAt: number; readonly from: number; readonly samples: readonly Sample[] };

/**
 * Samples of one process's memory: one that is written never changes, so that only those that came since are read, and
 * older ones than were asked for before. All are read again after `timing.ops.samplesKnown`: one may be written late.
 */
export function rememberSamples(
  store: RecordStore<Sample>,
  { stepMs, clock }: { readonly stepMs: number; readonly clock: Clock },
): SamplesSince {
  let known: Known | undefined;
  let lookedAt = -Infinity;
  let turn: Promise<unknown> = Promise.resolve();
  /** Those from `from` on and before `to`. */
  const between = (from: number, to: number) =>
    oldestFirst(store, {
      after: sampleId(to),
      before: sampleId(from - 1),
      limit: Math.ceil((to - from) / stepMs) + 1,
    });
  const read = async (from: number, observedAt: number): Promise<readonly Sample[]> => {
    const now = clock.now();
    const age = now - (known?.readAt ?? -Infinity);
    if (known === undefined || age < 0 || age >= timing.ops.samplesKnown.ms) {
      known = { readAt: now, from, samples: await between(from, now + 1) };
      lookedAt = now;
      return known.samples;
    }
    if (from < known.from) {
      known = { ...known, from, samples: [...(await between(from, known.from)), ...known.samples] };
    }
    const newest = known.samples.at(-1)?.at ?? known.from - 1;
    // The next one is not due before.
    const isDue = Math.min(now, observedAt) >= newest + stepMs;
    if (isDue && now - lookedAt >= timing.ops.samplesLooked.ms) {
      lookedAt = now;
      known = { ...known, samples: [...known.samples, ...(await between(newest + 1, now + 1))] };
    }
    return known.samples.filter(({ at }) => at >= from);
  };
  return (from, observedAt = Infinity) => {
    // One after the other, so that two at once add nothing twice.
    const reading = turn.then(() => read(from, observedAt));
    turn = reading.catch(() => undefined);
    return reading;
  };
}

/** Samples by the minute and by the hour, of memory. */
export type RememberedSamples = { readonly minutes: SamplesSince; readonly hours: SamplesSince };

const remembered = new WeakMap<SampleStores, RememberedSamples>();

/** The one memory that a process has of these samples. */
export function samplesOf(stores: SampleStores, clock: Clock): RememberedSamples {
  const { sampleMinute, sampleHour } = timing.ops;
  const known = remembered.get(stores) ?? {
    minutes: rememberSamples(stores.minutes, { stepMs: sampleMinute.ms, clock }),
    hours: rememberSamples(stores.hours, { stepMs: sampleHour.ms, clock }),
  };
  remembered.set(stores, known);
  return known;
}

async function oldestFirst(store: RecordStore<Sample>, options: ListOptions): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for await (const { value } of store.list(options)) samples.unshift(value);
  return samples;
}
