import type { Hint, OperationMessage } from './messages';
import type { HintQueue, OperationQueue, QueueName } from './queues';

/**
 * The sending side of the queues. Infrastructure errors are waited out inside, up to `timing.settings.outage`; then
 * every method throws TransientError `queue/unavailable`.
 */
export interface QueueSender {
  /** `queue`: default `directory-changes`; `scheduledAt` (milliseconds) delays them; `parent`: their traceparent. */
  sendHints(
    hints: readonly Hint[],
    options?: { queue?: HintQueue; scheduledAt?: number; parent?: string },
  ): Promise<void>;
  /** To a session queue, in the lane `sessionId`. */
  sendOperation(queue: OperationQueue, message: OperationMessage, sessionId: string): Promise<void>;
  /** The same body once more, later: for a message that only a newer version of the app can read. */
  putBack(
    queue: QueueName,
    body: unknown,
    scheduledAt: number,
    sessionId?: string,
    /** How often it was put back, this time included: the message's id says so, and its body stays as it is. */
    rounds?: number,
  ): Promise<void>;
  close(): Promise<void>;
}
