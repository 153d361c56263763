import { timing } from '../../kernel/timing';
import type { Services } from '../services';
import type { Task } from '../task';
import { parkUser } from './park-work';
import { refusedCode } from './pause-gate';
import { namesPauseBy } from './pause-scope';
import type { Pause, PauseOrigin } from '../../words/pause';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';

const recentMs = timing.pauses.successRecent.ms;
/** The look after a refusal comes no later than this; when it was met is not in the row. */
const longestLookMs = 60_000;

/** Graph answered as it should for these scopes: pauses of ours on them are over. */
export async function scopesWork(services: Services, task: Task, scopes: readonly string[]): Promise<void> {
  services.lastSuccess.note(scopes);
  for (const pause of await services.pauses.current()) {
    if (pause.origin === 'operator' || !scopes.includes(pause.scope)) continue;
    if (pause.by === namesPauseBy) continue;
    await liftOwn(services, task, pause, `${pause.scope} works again; parked work goes on by itself`);
  }
}

/** Whoever waits for a pause comes to try it every minute or two. */
const idleMs = 15 * 60_000;

/** Pauses of ours that nobody came to try, as the policy no longer needs the SKU, are lifted. */
export async function liftIdlePauses(services: Services, task: Task): Promise<void> {
  for (const pause of await services.control.pauses()) {
    if (pause.origin === 'operator') continue;
    if (services.clock.now() - (pause.probedAt ?? pause.at) < idleMs) continue;
    await liftOwn(services, task, pause, `Nobody waits for ${pause.scope} any more`);
  }
}

/** Ends a pause of ours, and tells so; one that is over already stays so. */
export async function liftOwn(
  services: Services,
  task: Task,
  { scope, origin, at }: Pause,
  text: string,
): Promise<void> {
  if (!(await services.control.resume(scope, origin))) return;
  services.pauses.forget();
  const pausedForMs = services.clock.now() - at;
  task.logger.info('A pause of the product’s own is over', { scope, origin, pausedForMs });
  services.events.emit({ event: 'resumed', subject: scope, reason: { code: `resumed/${origin}`, text } });
}

/**
 * Is a refusal about this user alone? It is when the same worked for another user in the last 5 seconds, in any process,
 * or since this very user was refused before: a user in a restricted management unit, for example, is refused while
 * others are not.
 */
async function isOwnTrouble(services: Services, scope: string, state: UserState | null): Promise<boolean> {
  const retry = state?.retry ?? null;
  if (retry?.key === 'permission' && retry.attempts > 1) return true;
  const workedAt = await services.lastSuccess.of(scope);
  if (workedAt === undefined) return false;
  if (services.clock.now() - workedAt < recentMs) return true;
  return retry !== null && wasRefused(state, scope) && workedAt > retry.at - longestLookMs;
}

/** Graph refused this very user for this at the last try. */
export function wasRefused(state: UserState | null, scope: string): boolean {
  const retry = state?.retry ?? null;
  return retry !== null && (retry.key === 'permission' || retry.why.code === refusedCode(scope));
}

/** Pauses a scope that Graph refuses; one that is paused already stays as it is, and is told of once. */
export async function pauseOwn(
  services: Services,
  task: Task,
  scope: string,
  origin: Exclude<PauseOrigin, 'operator'>,
  reason: string,
  by = 'licenser',
): Promise<void> {
  const at = services.clock.now();
  const isNew = await services.control.pause({ scope, origin, reason, by, at, probedAt: null });
  services.pauses.forget();
  if (!isNew) return;
  task.logger.error('Paused: Graph refuses it', { scope, origin, reason });
  services.events.emit({
    event: 'paused',
    subject: scope,
    reason: { code: `paused/${origin}`, text: reason },
  });
}

/**
 * Graph refused something that it would refuse anybody: the scope is paused and the user parked, who is no failure.
 * False: the trouble is the user's own, and nothing was recorded.
 */
export async function parkRefused(
  services: Services,
  task: Task,
  record: UserRecord,
  state: UserState,
  refusal: {
    readonly scope: string;
    readonly origin: Exclude<PauseOrigin, 'operator'>;
    readonly reason: Reason;
  },
): Promise<boolean> {
  const { scope, origin, reason } = refusal;
  if (await isOwnTrouble(services, scope, record.state)) return false;
  await pauseOwn(services, task, scope, origin, reason.text);
  await parkUser(services, task, record, { state, why: { code: refusedCode(scope), text: reason.text } });
  return true;
}
