import { lookHint } from '../../queue/look-hint';
import { readIfUsable } from '../crashes/unusable-row';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import type { CensusState, Followed } from './census-state';
import { mapConcurrently } from '../../kernel/concurrently';
import { readersAtOnce } from './read-page';
import { timing } from '../../kernel/timing';

/** Hints in the queue at a time: a crowd must not lie before what comes later. */
export const portionSize = 400;
/** The next portion is sent when so few of the last one have no outcome yet. */
const lowWater = 100;
const mostNamed = 20;

/** Whether the next portion may be sent: enough users of the last one have their outcomes. */
export function mayFeed(state: CensusState): boolean {
  return state.pending.length > 0 && state.followed.length <= lowWater;
}

/** Hints first: a crash repeats them, and a look more does no harm. */
export async function feedPortion(
  services: Pick<Services, 'clock' | 'queues'>,
  task: Task,
  state: CensusState,
): Promise<CensusState> {
  const portion = state.pending.slice(0, portionSize);
  const now = services.clock.now();
  await sendHints(
    services,
    task,
    portion.map(({ id }) => lookHint(id, 'census', now, { crowd: true })),
  );
  return {
    ...state,
    pending: state.pending.slice(portion.length),
    followed: [...state.followed, ...portion],
    followedSince: now,
  };
}

/** Leaves out those whose row has an outcome; after a long time also those whose row has none, who are counted. */
export async function followLooks(
  services: Pick<Services, 'clock' | 'users'>,
  task: Task,
  state: CensusState,
): Promise<CensusState> {
  const waitedMs = services.clock.now() - state.followedSince;
  const settled = await mapConcurrently(state.followed, readersAtOnce, (one) =>
    isSettled(services, one, waitedMs),
  );
  const open = state.followed.filter((_, index) => settled[index] !== true);
  if (waitedMs < timing.census.patience.ms || open.length === 0) return { ...state, followed: open };
  task.logger.warn('Users have no outcome long after the census had them looked at', {
    users: open.length,
  });
  return {
    ...state,
    followed: [],
    counts: { ...state.counts, unsettled: state.counts.unsettled + open.length },
    unsettled: [...state.unsettled, ...open.map(({ id }) => id)].slice(0, mostNamed),
  };
}

async function isSettled(
  services: Pick<Services, 'users'>,
  { id, version }: Followed,
  waitedMs: number,
): Promise<boolean> {
  const record = await readIfUsable(services.users, id);
  // An outcome of its own: the failure that the look has made of it.
  if (record === undefined) return true;
  const { state } = record;
  if (state === null) return false;
  // Not (yet) known to Graph: the user's own looks see to it.
  if (state.missingSince !== null) return true;
  if (state.outcome === null) return false;
  return state.version !== version || waitedMs >= timing.census.unchanged.ms;
}
