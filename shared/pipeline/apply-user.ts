import { ConcurrencyError, UserError } from '../kernel/errors';
import { toUserId } from '../kernel/ids';
import type { UserId } from '../kernel/ids';
import { backoffMs } from '../kernel/retry';
import { queueNames, readOperation } from '../queue/messages';
import type { WriteKind } from '../store/ports';
import { carryOut } from './carry-out';
import type { ApplyWork, Carried } from './carry-out';
import type { Pipeline } from './dependencies';
import { isBeingWritten } from './being-written';
import { lookAtUser } from './look-at-user';
import type { Look } from './look-at-user';
import { lookFailed, userMissing } from './look-later';
import { takeMessage } from './read-message';
import type { Delivery } from './read-message';
import { seekSeats } from './seek-seats';
import { settleDecision } from './settle-decision';

const maxRounds = 12;
const parkMs = 30_000;
const pace = { firstMs: 100, maxMs: 2_000 };

/**
 * The handler of the two session queues. It trusts no message: the operation in it is for people to read. Each
 * round reads the user's row and the user afresh and decides; whoever changes the row meanwhile makes it start over.
 */
export async function applyToUser(shared: Pipeline, body: unknown, delivery: Delivery): Promise<void> {
  const message = await takeMessage(shared, readOperation(body), body, delivery);
  if (message === undefined) return;
  const userId = toUserId(message.operation.user.id);
  const kind: WriteKind = delivery.queue === queueNames.licenseChangesBulk ? 'bulk' : 'express';
  const pipeline: Pipeline = { ...shared, isCrowd: kind === 'bulk' };
  const seenAt = pipeline.clock.now();
  const work: ApplyWork = { kind, own: new Set(), refusals: new Map() };

  for (let round = 1; ;) {
    try {
      const result = await applyOnce(pipeline, userId, seenAt, work);
      if (result === 'done') return;
      // Being throttled is no attempt: the quota row makes everybody wait, this round included.
      if (result === 'throttled') continue;
      if (++round > maxRounds) throw new ConcurrencyError(`User ${userId}`);
      await pipeline.clock.sleep(backoffMs(pace, round - 2, pipeline.random));
    } catch (error) {
      if (error instanceof ConcurrencyError && ++round <= maxRounds) continue;
      if (!(error instanceof UserError)) throw error;
      pipeline.logger.error('Applying is not possible; the user is parked', { userId, error });
      await pipeline.queues.sendHints(
        [
          {
            kind: 'look',
            user: { id: userId },
            source: 'retry',
            seenAt: new Date(seenAt).toISOString(),
            ...(pipeline.isCrowd ? { crowd: true } : {}),
          },
        ],
        { scheduledAt: pipeline.clock.now() + parkMs },
      );
      return;
    }
  }
}

async function applyOnce(
  pipeline: Pipeline,
  userId: UserId,
  seenAt: number,
  work: ApplyWork,
): Promise<Carried> {
  const record = await pipeline.users.read(userId);
  let look: Look;
  try {
    look = await lookAtUser(pipeline, record);
  } catch (error) {
    if (await lookFailed(pipeline, record, error, seenAt)) return 'done';
    throw error;
  }
  if (look.kind === 'missing') {
    await userMissing(pipeline, record, seenAt);
    return 'done';
  }
  look = await seekSeats(pipeline, record, look);
  if (look.decision.operation === undefined || look.input.policy.mode === 'observe') {
    await settleDecision(pipeline, record, look, { by: 'apply' });
    return 'done';
  }
  // Somebody is writing just this at the moment (two queues, or a lost session lock): wait for what comes of it.
  if (isBeingWritten(record, look, pipeline.clock.now(), work.own)) return 'again';
  return carryOut(pipeline, record, look, look.decision.operation, work);
}
