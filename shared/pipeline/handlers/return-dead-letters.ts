import { toUserId } from '../../kernel/ids';
import { lookHint } from '../../queue/look-hint';
import { queueNames, readHint, readOperation } from '../../queue/messages';
import type { DeadLetter } from '../../queue/dead-letter-source';
import { giveUpOnUser } from '../crashes/give-up-on-user';
import { handleUsableRow } from '../crashes/unusable-row';
import type { Pipeline } from '../dependencies';
import { liftIdlePauses } from '../pauses/own-pause';
import { takeMessage } from './take-message';

/** At most so many of a queue in one run: what was given up on together must not come back as a storm. */
const mostAtOnce = 200;

/** The handler of the `dead-letters` timer: what was put aside, or is no longer needed. */
export async function runMaintenance(pipeline: Pipeline): Promise<void> {
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
  if (message === undefined) return;
  const { user, source } = message.operation;
  if (source === 'deadLetter') await recordDeath(pipeline, user.id, letter);
  else await lookAgain(pipeline, user.id);
}

async function lookAgain(pipeline: Pipeline, userId: string): Promise<void> {
  await pipeline.queues.sendHints([lookHint(userId, 'deadLetter', pipeline.clock.now())]);
}

async function recordDeath(pipeline: Pipeline, id: string, letter: DeadLetter): Promise<void> {
  const userId = toUserId(id);
  const what = `${letter.queue}, message ${letter.messageId}`;
  const text = `Handling this user failed again and again (${what}): ${letter.reason || 'the broker gave no reason'}`;
  await handleUsableRow(
    pipeline,
    () => userId,
    () => giveUpOnUser(pipeline, userId, 'deadLetter', { code: 'message/dead-letter', text }),
  );
}
