import type { Clock } from '../../kernel/clock';
import type { RolloutStore } from '../../store/ports/rollout-store';
import type { Rollout } from '../../words/rollout';

/** Rollouts as handlers ask for them with every message: at most 5 s old. */
export interface RolloutSource {
  read(id: string): Promise<Rollout | undefined>;
  /** The one that collects what guards hold back. */
  collecting(): Promise<Rollout | undefined>;
}

const maxAgeMs = 5_000;
/** Only what runs is asked for, and little runs at a time. */
const mostKept = 100;

export function makeRolloutSource(store: RolloutStore, clock: Clock): RolloutSource {
  const readings = new Map<string, { readonly at: number; readonly rollout: Promise<Rollout | undefined> }>();
  const cached = (key: string, read: () => Promise<Rollout | undefined>) => {
    const known = readings.get(key);
    if (known !== undefined && clock.now() - known.at < maxAgeMs) return known.rollout;
    if (readings.size >= mostKept) readings.clear();
    const mine = { at: clock.now(), rollout: read() };
    readings.set(key, mine);
    // Neither a failure is kept nor an absence: the next one who asks may be about to make it.
    const forget = () => {
      if (readings.get(key) === mine) readings.delete(key);
    };
    mine.rollout.then((rollout) => rollout ?? forget(), forget);
    return mine.rollout;
  };
  return {
    read: (id) => cached(`id ${id}`, () => store.read(id)),
    collecting: () =>
      cached('collecting', async () =>
        (await store.list()).find(({ kind, state }) => kind === 'held' && state === 'collecting'),
      ),
  };
}
