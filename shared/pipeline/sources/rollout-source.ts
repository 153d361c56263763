import type { Clock } from '../../kernel/clock';
import { rememberByKey } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { RolloutStore } from '../../store/ports/rollout-store';
import type { Rollout } from '../../words/rollout';

/** Rollouts as handlers ask for them with every message: at most 5 s old. */
export interface RolloutSource {
  read(id: string): Promise<Rollout | undefined>;
  /** The one that collects what guards hold back. */
  collecting(): Promise<Rollout | undefined>;
}

/** Only what runs is asked for, and little runs at a time. */
const mostKept = 100;

/** A RolloutSource over `store`. An absence is not kept: the caller that asks next may be about to create the rollout. */
export function makeRolloutSource(store: RolloutStore, clock: Clock): RolloutSource {
  const age = { clock, maxAgeMs: timing.sources.rollouts.ms, isKept: isThere };
  const byId = rememberByKey((id: string) => store.read(id), { ...age, mostKept });
  const collecting = rememberByKey(
    async (_key: 'collecting') =>
      (await store.list()).find(({ kind, state }) => kind === 'held' && state === 'collecting'),
    { ...age, mostKept: 1 },
  );
  return {
    read: (id) => byId.current(id),
    collecting: () => collecting.current('collecting'),
  };
}

const isThere = (rollout: Rollout | undefined) => rollout !== undefined;
