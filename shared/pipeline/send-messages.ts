import { timing } from '../kernel/timing';
import type { Hint, OperationMessage } from '../queue/messages';
import type { OperationQueue } from '../queue/queues';
import type { Services } from './services';
import type { Task } from './task';

/** The hints of more users than this are not one story either. */
const sameTraceUsers = 50;

/**
 * Sends hints to `directory-changes`, as part of the trace of the task in hand.
 * @param scheduledAt milliseconds since the epoch; undefined: now
 * @throws TransientError the queue could not be reached
 */
export async function sendHints(
  { queues, clock }: Pick<Services, 'queues' | 'clock'>,
  { trace }: Task,
  hints: readonly Hint[],
  scheduledAt?: number,
): Promise<void> {
  const isLater = (scheduledAt ?? 0) - clock.now() > timing.handlers.sameTrace.ms;
  const isTraced = trace !== undefined && !isLater && hints.length <= sameTraceUsers;
  await queues.sendHints(hints, {
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
    ...(isTraced ? { parent: trace } : {}),
  });
}

/**
 * Sends an operation to its session queue, as part of the trace of the task in hand.
 * @throws TransientError the queue could not be reached
 */
export async function sendOperation(
  { queues }: Pick<Services, 'queues'>,
  { trace }: Task,
  queue: OperationQueue,
  operation: OperationMessage['operation'],
  lane: string,
): Promise<void> {
  const message: OperationMessage = { v: 1, operation, trace: trace === undefined ? {} : { parent: trace } };
  await queues.sendOperation(queue, message, lane);
}
