import type { UserId } from '../kernel/ids';
import { laneOf } from '../queue/lanes';
import { lookHint } from '../queue/look-hint';
import { queueNames } from '../queue/queues';
import type { Hint } from '../queue/messages';
import type { UserRecord } from '../store/ports/user-store';
import { recordFailure } from './failures/record-failure';
import { pauseOwn } from './pauses/own-pause';
import type { EffectAfter, EffectBefore, Result, Step } from './row/effects';
import { consequencesOf } from './row/consequences';
import type { RowEvent } from './row/events';
import { next } from './row/next';
import { standings, stoodSince } from './row/standing/stood-since';
import { leaveLists } from './seats/leave-lists';
import { noteSeats, seatsRefused } from './seats/note-seats';
import { sendHints, sendOperation } from './send-messages';
import type { Services } from './services';
import type { Task } from './task';

/** What the performer uses of the process. */
export type PerformServices = Pick<
  Services,
  | 'catalogue'
  | 'clock'
  | 'control'
  | 'directory'
  | 'drainGate'
  | 'events'
  | 'failures'
  | 'leases'
  | 'metrics'
  | 'locationLag'
  | 'newId'
  | 'pauses'
  | 'queues'
  | 'quota'
  | 'random'
  | 'settings'
  | 'users'
  | 'waiting'
  | 'waitingSkus'
>;

/** The row as it is now, and how the handling ends; undefined: it goes on. */
export type Advanced = { readonly record: UserRecord; readonly result: Result | undefined };

/**
 * Lets something happen to a user: asks the machine what follows, and performs it.
 * @param record the user's rows as they were read; a change since then makes this fail
 * @param hint the hint in hand, where there is one: it may be sent once more
 * @throws ConcurrencyError the row has changed: read it again and start over
 */
export async function advance(
  services: PerformServices,
  task: Task,
  record: UserRecord,
  event: RowEvent,
  hint?: Hint,
): Promise<Advanced> {
  const moment = { now: services.clock.now(), chance: services.random(), id: services.newId() };
  return perform(services, task, record, next(record, event, moment), hint);
}

/**
 * Performs a step, in the order that a crash at any point leaves safe: failure row and messages first, then state,
 * ledger, exceptions and timeline in one compare-and-set, then what acts on the stored row. Nothing else stores a user's
 * row (eslint.config.js holds that).
 */
async function perform(
  services: PerformServices,
  task: Task,
  record: UserRecord,
  step: Step,
  hint: Hint | undefined,
): Promise<Advanced> {
  const { userId } = record;
  const { state, ledger } = step.row;
  const { count, failure, line } = consequencesOf(step.result);
  if (failure !== undefined) {
    // A failure of another kind begins now.
    const isSame = state !== null && standings(state).includes(`failed/${failure.reason.code}`);
    const since = isSame ? stoodSince(state, 'failed') : undefined;
    const known = { userPrincipalName: state?.userPrincipalName ?? null, since };
    await recordFailure(services, task, userId, failure, failure.reason, known);
  }
  for (const effect of step.before) await performBefore(services, task, userId, effect, hint);
  const { exception, timeline } = step;
  const isChanged = state !== record.state || ledger !== record.ledger || exception !== undefined;
  const change = { ledger, timeline, ...(exception === undefined ? {} : { exception }) };
  const stored =
    state === null || !isChanged ? record : await services.users.commit(record, { state, ...change });
  for (const effect of step.after) await performAfter(services, task, userId, effect);
  if (count !== undefined) services.metrics.handled(count.result, count.cause);
  if (line !== undefined) task.logger[line.level](line.text, { userId, ...line.facts });
  return { record: stored, result: step.result };
}

async function performBefore(
  services: PerformServices,
  task: Task,
  userId: UserId,
  effect: EffectBefore,
  hint: Hint | undefined,
): Promise<void> {
  const now = services.clock.now();
  switch (effect.kind) {
    case 'schedule': {
      const { isBulk: crowd, rolloutId: rollout } = task;
      const scheduled = lookHint(userId, 'retry', now, { crowd, rollout, retryToken: effect.token });
      return sendHints(services, task, [scheduled], effect.at);
    }
    case 'resend':
      return hint === undefined ? undefined : sendHints(services, task, [hint], effect.at);
    case 'verify':
      return sendHints(services, task, [verifyHint(userId, effect)], effect.at);
    case 'closeFailures':
      return services.failures.close(userId, now);
    case 'pause':
      return pauseOwn(services, task, effect.scope, effect.origin, effect.reason, effect.by);
    case 'voidSeats':
      return seatsRefused(services, userId, effect.skuIds);
    case 'backOff':
      return services.quota.backOff(effect.retryAfterMs);
    case 'noteLocationLag':
      services.locationLag.refusedAt = now;
      return undefined;
    case 'leaveAllLists':
      return services.waiting.remove(userId);
  }
}

async function performAfter(
  services: PerformServices,
  task: Task,
  userId: UserId,
  effect: EffectAfter,
): Promise<void> {
  switch (effect.kind) {
    case 'sendOperation': {
      const queue = effect.isBulk ? queueNames.licenseChangesBulk : queueNames.licenseChanges;
      const operation = { user: { id: userId }, ...effect.operation };
      return sendOperation(services, task, queue, operation, laneOf(userId, services.settings.lanes));
    }
    case 'look':
      return sendHints(services, task, [lookHint(userId, effect.source, services.clock.now())]);
    case 'leaveLists':
      return leaveLists(services, userId, effect.skuIds, effect.staying);
    case 'noteSeats':
      return noteSeats(services, task, effect);
  }
}

function verifyHint(userId: UserId, { writtenAt, isBulk }: Extract<EffectBefore, { kind: 'verify' }>): Hint {
  return {
    kind: 'verify',
    user: { id: userId },
    source: 'retry',
    seenAt: new Date(writtenAt).toISOString(),
    retryToken: String(writtenAt),
    ...(isBulk ? { crowd: true } : {}),
  };
}
