import { toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { aboutUser, readMessage } from '../../queue/messages';
import type { QueueName } from '../../queue/queues';
import { handleCarefully } from '../crashes/handle-carefully';
import { handleUsableRow } from '../crashes/unusable-row';
import type { Services } from '../services';
import type { Task } from '../task';
import type { Delivery } from './take-message';

type CarefulServices = Parameters<typeof handleUsableRow>[0] & Parameters<typeof handleCarefully>[0];

/** `decideUser` or `applyToUser`. */
export type HandleMessage<Own = Services> = (
  services: Own,
  task: Task,
  body: unknown,
  delivery: Delivery,
) => Promise<void>;

/** Whom the message is about; undefined: it cannot be read, and its handler reports that. */
function userOf(queue: QueueName, body: unknown): UserId | undefined {
  const read = readMessage(queue, body);
  return read.kind === 'message' ? toUserId(aboutUser(read.message).userId) : undefined;
}

/**
 * One delivery of a message, whatever delivers it: a user whose row cannot be used, or whose handling ends the process,
 * is found out. It returns when the message is done with, and throws when it must be delivered again.
 * @throws what `handle` throws
 */
export function handleMessage<Own extends CarefulServices>(
  services: Own,
  task: Task,
  handle: HandleMessage<Own>,
  body: unknown,
  delivery: Delivery,
): Promise<void> {
  const whom = () => userOf(delivery.queue, body);
  return handleUsableRow(services, task, whom, () =>
    handleCarefully(services, task, { messageId: delivery.messageId, userOf: whom }, () =>
      handle(services, task, body, delivery),
    ),
  );
}
