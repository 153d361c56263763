import { timing } from '../../kernel/timing';
import { isLane } from '../../queue/lanes';
import { lookHint } from '../../queue/look-hint';
import { aboutUser, readMessage } from '../../queue/messages';
import { operationQueues } from '../../queue/queues';
import type { OperationQueue, QueueName } from '../../queue/queues';
import type { StrayMessage } from '../../queue/stray-sessions';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { withLease } from '../with-lease';
import { applyToUser } from './apply-user';
import type { HandleServices } from './look-for-work';
import { takeMessage } from './take-message';
import type { Delivery } from './take-message';

/** The right to empty sessions that are no lanes. */
const strayLease = 'stray-sessions';

type StrayServices = Pick<Services, 'clock' | 'failures' | 'leases' | 'newId' | 'queues' | 'straySessions'>;

/**
 * The handler of the two session queues. The host serves one session after the other and waits a second at each, so that
 * messages in thousands of made-up sessions would keep every lane waiting for minutes: the first one that is met has all of
 * them emptied, beside the host.
 */
export async function applyInLane(
  services: HandleServices & StrayServices,
  task: Task,
  body: unknown,
  delivery: Delivery,
): Promise<void> {
  const { sessionId, queue } = delivery;
  if (sessionId !== undefined && !isLane(sessionId) && isOperationQueue(queue))
    await emptyStraySessions(services, task, queue);
  await applyToUser(services, task, body, delivery);
}

function isOperationQueue(queue: QueueName): queue is OperationQueue {
  return operationQueues.some((name) => name === queue);
}

/** By one process at a time; each message becomes a look at its user, as of a crowd. */
async function emptyStraySessions(services: StrayServices, task: Task, queue: OperationQueue): Promise<void> {
  const { leases, straySessions } = services;
  const holder = services.newId();
  if (!(await leases.take(strayLease, holder, timing.handlers.strayLease.ms))) return;
  await withLease(services, task, { name: strayLease, holder }, async () => {
    try {
      const taken = await straySessions.drain(queue, timing.handlers.straySweep.ms, (messages) =>
        lookInstead(services, task, queue, messages),
      );
      if (taken > 0) {
        task.logger.warn(
          'Messages in sessions that are no lanes were taken out: something else sends to this queue',
          { queue, taken },
        );
      }
    } catch (error) {
      // The host goes on with them one by one.
      task.logger.warn('Sessions that are no lanes could not be emptied', { queue, error });
    }
  });
}

async function lookInstead(
  services: StrayServices,
  task: Task,
  queue: OperationQueue,
  messages: readonly StrayMessage[],
): Promise<void> {
  const users = new Set<string>();
  for (const { body, messageId, sessionId } of messages) {
    const delivery = { queue, messageId, deliveryCount: 1, sessionId };
    const message = await takeMessage(services, task, readMessage(queue, body), body, delivery);
    if (message !== undefined) users.add(aboutUser(message).userId);
  }
  const now = services.clock.now();
  const hints = [...users].map((userId) => lookHint(userId, 'deadLetter', now, { crowd: true }));
  if (hints.length > 0) await sendHints(services, task, hints);
}
