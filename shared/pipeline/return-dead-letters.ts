import { lookHint } from '../queue/look-hint';
import { queueNames, readHint, readOperation } from '../queue/messages';
import type { DeadLetter } from '../queue/dead-letter-source';
import type { Pipeline } from './dependencies';
import { liftIdlePauses } from './pauses/own-pause';
import { takeMessage } from './read-message';

/** At most so many of a queue in one run: what was given up on together must not come back as a storm. */
const mostAtOnce = 200;

/** The handler of the `dead-letters` timer: what was put aside, or is no longer needed. */
export async function tidyUp(pipeline: Pipeline): Promise<void> {
  await returnDeadLetters(pipeline);
  await liftIdlePauses(pipeline);
}

/**
 * Messages are hints, and looking again is harmless, so a dead letter goes
 * back as a look at its user, once. One that dies a second time is a failure that people can see.
 */
export async function returnDeadLetters(pipeline: Pipeline): Promise<void> {
  for (const queue of Object.values(queueNames)) {
    const returned = await pipeline.deadLetters.drain(queue, mostAtOnce, (letter) =>
      giveBack(pipeline, letter),
    );
    if (returned > 0) pipeline.logger.warn('Dead letters taken back', { queue, returned });
  }
}

async function giveBack(pipeline: Pipeline, letter: DeadLetter): Promise<void> {
  const delivery = { ...letter, deliveryCount: 1 };
  if (letter.queue === queueNames.directoryChanges) {
    const message = await takeMessage(pipeline, readHint(letter.body), letter.body, delivery);
    if (message === undefined) return;
    if (message.hint.source === 'deadLetter') await recordDeath(pipeline, message.hint.user.id, letter);
    else await lookAgain(pipeline, message.hint.user.id);
    return;
  }
  const message = await takeMessage(pipeline, readOperation(letter.body), letter.body, delivery);
  if (message !== undefined) await lookAgain(pipeline, message.operation.user.id);
}

async function lookAgain(pipeline: Pipeline, userId: string): Promise<void> {
  await pipeline.queues.sendHints([lookHint(userId, 'deadLetter', pipeline.clock.now())]);
}

async function recordDeath(pipeline: Pipeline, userId: string, letter: DeadLetter): Promise<void> {
  await pipeline.failures.record(
    {
      subject: userId,
      class: 'deadLetter',
      reason: {
        code: 'message/dead-letter',
        text: `Handling this user failed again and again: ${letter.reason || 'the broker gave no reason'}`,
      },
      suggestedRepair:
        'Read the log of the function for this user; then `licenser apply --user` looks at them again.',
      facts: { queue: letter.queue, messageId: letter.messageId },
    },
    pipeline.clock.now(),
  );
}
