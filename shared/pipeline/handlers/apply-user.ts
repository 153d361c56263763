import { ConcurrencyError, UserError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { backoffMs } from '../../kernel/retry';
import type { Operation } from '../../licensing/decision';
import { lookHint } from '../../queue/look-hint';
import { readOperation } from '../../queue/messages';
import { carryOut, mayWrite, writesOf } from '../write/carry-out';
import type { ApplyWork, Carried } from '../write/apply-work';
import { WritePermit } from '../write/write-permit';
import { hasEndedProcesses } from '../crashes/handle-carefully';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { collectHeld } from '../guards/collect-held';
import { isBeingWritten } from '../row/being-written';
import { lookAtUser } from '../look/look-at-user';
import type { Look } from '../look/look-at-user';
import { lookFailed, userMissing } from '../row/requeue';
import { scopesWork } from '../pauses/own-pause';
import { intakeScope } from '../pauses/pause-scope';
import { parkUser, whyPaused } from '../pauses/park-work';
import { takeMessage } from './take-message';
import type { Delivery } from './take-message';
import { enterRollout } from '../rollouts/enter-rollout';
import { isMovedSincePlan } from '../rollouts/record-member';
import { seekSeats } from '../seats/seek-seats';
import { recordDecision } from '../row/record-decision';
import { newUserState } from '../row/user-state';
import type { UserRecord } from '../../store/ports/user-store';
import type { WriteKind } from '../../quota/write-quota';
import { writeKindOf } from '../../queue/queues';

const maxRounds = 12;
const parkMs = 30_000;
const pace = { firstMs: 100, maxMs: 2_000 };

/**
 * The handler of the two session queues. It trusts no message: the operation in it is for people to read. Each
 * round reads the user's row and the user afresh and decides; whoever changes the row meanwhile makes it start over.
 */
export async function applyToUser(
  services: Services,
  given: Task,
  body: unknown,
  delivery: Delivery,
): Promise<void> {
  const message = await takeMessage(services, given, readOperation(body), body, delivery);
  if (message === undefined) return;
  const userId = toUserId(message.operation.user.id);
  const kind: WriteKind = writeKindOf(delivery.queue);
  const { rollout: rolloutId, source } = message.operation;
  const trace = given.trace ?? message.trace.parent;
  const task: Task = { logger: given.logger, trace, isBulk: kind === 'bulk', rolloutId, source };
  const seenAt = services.clock.now();
  const work: ApplyWork = {
    own: new Set(),
    refusals: new Map(),
    isTrial: message.operation.trial === true,
    permit: new WritePermit(services.quota, kind),
  };
  // What the message says is good enough for a guess.
  const writes = writesOf(services, message.operation);

  for (let round = 1; ;) {
    try {
      // The quota comes before the reads, which are fresh then, and bring what changed while it was waited for.
      if (!(await isAnythingPaused(services))) await work.permit.take(writes);
      const result = await applyOnce(services, task, userId, seenAt, work);
      work.permit.giveBack();
      if (result === 'done') return;
      // Being throttled is no attempt: the quota row makes everybody wait, this round included.
      if (result === 'throttled') continue;
      if (++round > maxRounds) throw new ConcurrencyError(`User ${userId}`);
      await services.clock.sleep(backoffMs(pace, round - 2, services.random));
    } catch (error) {
      work.permit.giveBack();
      if (error instanceof ConcurrencyError && ++round <= maxRounds) continue;
      if (!(error instanceof UserError)) throw error;
      task.logger.error('Applying is not possible; the user is parked', { userId, error });
      const also = { crowd: task.isBulk, rollout: rolloutId };
      await sendHints(
        services,
        task,
        [lookHint(userId, 'retry', seenAt, also)],
        services.clock.now() + parkMs,
      );
      return;
    }
  }
}

async function applyOnce(
  services: Services,
  task: Task,
  userId: UserId,
  seenAt: number,
  work: ApplyWork,
): Promise<Carried> {
  const record = await services.users.read(userId);
  if (hasEndedProcesses(record.state)) return 'done';
  const entry = await enterRollout(services, record, task.rolloutId, 'rollout');
  if (entry.kind === 'stop') {
    await awaitNoLonger(services, record);
    return 'done';
  }
  // Every write or this lane's is paused: no need to look at the user.
  if (await isParked(services, task, record, { add: [], remove: [] }, seenAt, work)) return 'done';
  let look: Look;
  try {
    look = await lookAtUser(services, record, entry.rollout);
  } catch (error) {
    if (await lookFailed(services, task, record, error, seenAt)) return 'done';
    throw error;
  }
  await scopesWork(services, task, [intakeScope]);
  if (look.kind === 'missing') {
    await userMissing(services, task, record, seenAt);
    return 'done';
  }
  look = await seekSeats(services, task, record, look);
  await collectHeld(services, task, look);
  if (look.decision.operation === undefined || look.input.policy.mode === 'observe') {
    await recordDecision(services, task, record, look, { by: 'apply' });
    return 'done';
  }
  if (await isMovedSincePlan(services, record, look)) {
    await awaitNoLonger(services, record);
    return 'done';
  }
  // Somebody is writing just this at the moment (two queues, or a lost session lock): wait for what comes of it.
  if (isBeingWritten(record, look, services.clock.now(), work.own)) return 'again';
  if (await isParked(services, task, record, look.decision.operation, seenAt, work)) return 'done';
  return carryOut(services, task, record, look, look.decision.operation, work);
}

/** The operation ends here and leaves no outcome: who hears of this user from now on must not count on it. */
async function awaitNoLonger(services: Services, record: UserRecord): Promise<void> {
  const { state } = record;
  if (state === null || state.sentVersion !== state.version) return;
  await services.users.commit(record, { state: { ...state, sentVersion: undefined, digest: null } });
}

/** Whoever is parked in a moment needs no quota. Whoever is not takes it before writing. */
async function isAnythingPaused(services: Services): Promise<boolean> {
  return (await services.pauses.current()).length > 0;
}

async function isParked(
  services: Services,
  task: Task,
  record: UserRecord,
  operation: Pick<Operation, 'add' | 'remove'>,
  seenAt: number,
  work: ApplyWork,
): Promise<boolean> {
  const gate = await mayWrite(services, record, operation, work);
  if (gate.kind === 'pass') return false;
  const state = record.state ?? newUserState(seenAt);
  await parkUser(services, task, record, { state, why: whyPaused(gate.pause, record.state) });
  return true;
}
