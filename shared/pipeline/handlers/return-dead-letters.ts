import { toUserId } from '../../kernel/ids';
import { lookHint } from '../../queue/look-hint';
import { aboutUser, readMessage } from '../../queue/messages';
import { eventQueue } from '../../queue/event-queue';
import { queueNames } from '../../queue/queues';
import type { DeadLetter } from '../../queue/dead-letter-source';
import { giveUpOnUser } from '../crashes/give-up-on-user';
import { closeRepairedRows } from '../crashes/repaired-rows';
import { handleUsableRow } from '../crashes/unusable-row';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { PerformServices } from '../perform';
import type { Task } from '../task';
import { liftIdlePauses } from '../pauses/own-pause';
import { takeMessage } from './take-message';

/** At most so many of a queue in one run: what was given up on together must not come back as a storm. */
const mostAtOnce = 200;

/** The handler of the `dead-letters` timer: what was put aside, or is no longer needed. */
export async function runMaintenance(
  services: PerformServices & Pick<Services, 'deadLetters' | 'rows'>,
  task: Task,
): Promise<void> {
  await returnDeadLetters(services, task);
  await liftIdlePauses(services, task);
  await closeRepairedRows(services);
  await dropEventLetters(services, task);
}

/**
 * Event Grid's messages that were given up on are dropped and counted in the log: by then delta has found what they tell. Done
 * whatever LICENSER_GRAPH_EVENTS says, since they stay when it is switched off. The last step of the timer, and one that
 * fails no run: a namespace that was not deployed again has no such queue.
 */
async function dropEventLetters(services: Pick<Services, 'deadLetters'>, task: Task): Promise<void> {
  const reasons = new Set<string>();
  try {
    const dropped = await services.deadLetters.drain(eventQueue, mostAtOnce, async ({ reason }) => {
      reasons.add(reason);
    });
    if (dropped === 0) return;
    task.logger.warn('Dead letters of Event Grid dropped: delta finds what they tell', {
      queue: eventQueue,
      dropped,
      reasons: [...reasons].slice(0, 5),
    });
  } catch (error) {
    task.logger.info('Dead letters of Event Grid cannot be read', { queue: eventQueue, error });
  }
}

/**
 * Messages are hints, and looking again is harmless, so a dead letter goes
 * back as a look at its user, once. One that dies a second time is a failure that people can see.
 */
export async function returnDeadLetters(
  services: PerformServices & Pick<Services, 'deadLetters'>,
  task: Task,
): Promise<void> {
  for (const queue of Object.values(queueNames)) {
    const returned = await services.deadLetters.drain(queue, mostAtOnce, (letter) =>
      giveBack(services, task, letter),
    );
    if (returned > 0) task.logger.warn('Dead letters taken back', { queue, returned });
  }
}

async function giveBack(services: PerformServices, task: Task, letter: DeadLetter): Promise<void> {
  const delivery = { ...letter, deliveryCount: 1 };
  const read = readMessage(letter.queue, letter.body);
  const message = await takeMessage(services, task, read, letter.body, delivery);
  if (message === undefined) return;
  const { userId, source } = aboutUser(message);
  if (source === 'deadLetter') await recordDeath(services, task, userId, letter);
  else await lookAgain(services, task, userId);
}

async function lookAgain(
  services: Pick<Services, 'clock' | 'queues'>,
  task: Task,
  userId: string,
): Promise<void> {
  await sendHints(services, task, [lookHint(userId, 'deadLetter', services.clock.now())]);
}

async function recordDeath(
  services: PerformServices,
  task: Task,
  id: string,
  letter: DeadLetter,
): Promise<void> {
  const userId = toUserId(id);
  const what = `${letter.queue}, message ${letter.messageId}`;
  const text = `Handling this user failed again and again (${what}): ${letter.reason || 'the broker gave no reason'}`;
  await handleUsableRow(
    services,
    task,
    () => userId,
    () => giveUpOnUser(services, task, userId, 'deadLetter', { code: 'message/dead-letter', text }),
  );
}
