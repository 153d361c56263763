import type { Hint, OperationMessage, OperationQueue } from './messages';
import type { queueNames } from './messages';

export type QueueName = (typeof queueNames)[keyof typeof queueNames];

/** The sending side of the queues. Infrastructure errors are waited out inside, up to 60 s, then TransientError. */
export interface QueueSender {
  /** To `directory-changes`, or to another `queue` that carries hints; `scheduledAt` (milliseconds) delays them. */
  sendHints(
    hints: readonly Hint[],
    options?: { scheduledAt?: number; parent?: string; queue?: QueueName },
  ): Promise<void>;
  /** To a session queue, in the lane `sessionId`. */
  sendOperation(queue: OperationQueue, message: OperationMessage, sessionId: string): Promise<void>;
  /** The same body once more, later: for a message that only a newer version of the app can read. */
  putBack(queue: QueueName, body: unknown, scheduledAt: number, sessionId?: string): Promise<void>;
  close(): Promise<void>;
}
