import { ConcurrencyError, UserError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { backoffMs } from '../../kernel/retry';
import { timing } from '../../kernel/timing';
import type { Operation } from '../../licensing/decision';
import { lookHint } from '../../queue/look-hint';
import { readOperation } from '../../queue/messages';
import { writeKindOf } from '../../queue/queues';
import type { UserRecord } from '../../store/ports/user-store';
import type { WriteKind } from '../../quota/write-quota';
import { seenOf } from '../look/seen-user';
import { whyPaused } from '../pauses/pause-gate';
import { withoutPaused } from '../pauses/without-paused';
import type { SeenUser } from '../look/seen-user';
import { advance } from '../perform';
import { enterRollout } from '../rollouts/enter-rollout';
import { isMovedSincePlan } from '../rollouts/record-member';
import { isAskedFor } from '../row/decided';
import type { Result } from '../row/effects';
import { hasEndedProcesses } from '../row/user-state';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { PerformServices } from '../perform';
import type { Task } from '../task';
import type { ApplyWork } from '../write/apply-work';
import { carryOut, mayWrite, writesOf } from '../write/carry-out';
import { WritePermit } from '../write/write-permit';
import { lookForWork } from './look-for-work';
import { takeMessage } from './take-message';
import type { Delivery } from './take-message';
import type { HandleServices } from './look-for-work';

/** Rounds against other workers and refusals, before the broker delivers the message again. */
const maxRounds = 12;

/**
 * The handler of the two session queues. It trusts no message: the operation in it is for people to read. Each
 * round reads the user's row and the user afresh and decides; a row that changes meanwhile makes it start over.
 * @throws ConcurrencyError the row kept changing for 12 rounds
 * @throws TransientError tables or queues are away for longer than the client waits
 */
export async function applyToUser(
  services: HandleServices,
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
    refused: new Set(),
    refusals: new Map(),
    isProbe: message.operation.trial === true,
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
      if (result.kind !== 'again') return;
      // Being throttled is no attempt: the quota row makes every writer wait, this round included.
      if (!result.isAttempt) continue;
      if (++round > maxRounds) throw new ConcurrencyError(`User ${userId}`);
      await services.clock.sleep(backoffMs(timing.handlers.applyRound, round - 2, services.random));
    } catch (error) {
      work.permit.giveBack();
      if (error instanceof ConcurrencyError && ++round <= maxRounds) continue;
      if (!(error instanceof UserError)) throw error;
      task.logger.error('Applying is not possible; the user is parked', { userId, error });
      const also = { crowd: task.isBulk, rollout: rolloutId };
      const at = services.clock.now() + timing.handlers.park.ms;
      await sendHints(services, task, [lookHint(userId, 'retry', seenAt, also)], at);
      return;
    }
  }
}

const done: Result = { kind: 'done' };

async function applyOnce(
  services: HandleServices,
  task: Task,
  userId: UserId,
  seenAt: number,
  work: ApplyWork,
): Promise<Result> {
  const record = await services.users.read(userId);
  if (hasEndedProcesses(record.state)) return done;
  const entry = await enterRollout(services, record, task.rolloutId, 'rollout');
  if (entry.kind === 'stop') return ended(await advance(services, task, record, { kind: 'released' }));
  // Every write or this lane's is paused: no need to look at the user.
  if (await isParked(services, task, record, { add: [], remove: [] }, seenAt, work)) return done;
  const found = await lookForWork(services, task, { record, rollout: entry.rollout, seenAt });
  if (found === undefined) return done;
  const look = await asMayBeWritten(services, record, found, work);
  const seen = seenOf(look);
  const { operation } = seen.decision;
  if (operation === undefined || seen.isObserving) {
    const { verifyAfterMs } = services.settings;
    const isBulk = task.isBulk === true;
    const forUser = isAskedFor(task.source);
    const event = {
      by: 'apply',
      seen,
      heard: undefined,
      isRefused: work.refused.has(record.state?.version ?? -1),
      isAskedFor: forUser,
      isBulk,
      verifyAfterMs,
    } as const;
    return ended(await advance(services, task, record, { kind: 'looked', ...event }));
  }
  if (await isMovedSincePlan(services, record, look)) {
    return ended(await advance(services, task, record, { kind: 'released' }));
  }
  // Another worker may be writing just this now (two queues, or a lost session lock): wait for what comes of it.
  const isOwnIntent = work.own.has(record.state?.version ?? -1);
  const proposal = { kind: 'proposed', by: 'apply', seen, heard: undefined, isOwnIntent } as const;
  const { result } = await advance(services, task, record, proposal);
  if (result !== undefined) return result;
  if (await isParked(services, task, record, operation, seenAt, work)) return done;
  return carryOut(services, task, record, look, operation, work);
}

const ended = ({ result }: { readonly result: Result | undefined }): Result => result ?? done;

/** A user who is parked at once needs no quota. One who is not takes it before writing. */
async function isAnythingPaused({ pauses }: Pick<Services, 'pauses'>): Promise<boolean> {
  return (await pauses.current()).length > 0;
}

/** The look, without SKUs that are paused where something else is to be written. */
async function asMayBeWritten(
  services: Pick<
    Services,
    'clock' | 'control' | 'guards' | 'ledgerCount' | 'pauses' | 'rolloutStates' | 'rollouts' | 'settings'
  >,
  record: UserRecord,
  look: SeenUser,
  work: ApplyWork,
): Promise<SeenUser> {
  const { operation } = look.decision;
  if (operation === undefined || look.input.policy.mode === 'observe') return look;
  if ((await mayWrite(services, record, operation, work)).kind === 'pass') return look;
  return (await withoutPaused(services, look, record.state)) ?? look;
}

async function isParked(
  services: PerformServices,
  task: Task,
  record: UserRecord,
  operation: Pick<Operation, 'add' | 'remove'>,
  seenAt: number,
  work: ApplyWork,
): Promise<boolean> {
  const gate = await mayWrite(services, record, operation, work);
  if (gate.kind === 'pass') return false;
  const why = whyPaused(gate.pause, record.state);
  const { scope } = gate.pause;
  await advance(services, task, record, {
    kind: 'paused',
    scope,
    why,
    seenAt,
    decided: undefined,
    token: undefined,
  });
  return true;
}
