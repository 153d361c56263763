import type { eventQueue } from './event-queue';
import type { operatorQueue } from './operator-requests';
import type { QueueName } from './queues';

/** Every queue that is deployed: those of users, the one of due work and of what operators ask for, and Event Grid's. */
export type DeployedQueue = QueueName | typeof operatorQueue | typeof eventQueue;

/** Settings of a queue as the broker has them; durations in milliseconds. */
export type QueueSettings = {
  readonly requiresSession: boolean;
  readonly requiresDuplicateDetection: boolean;
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly deadLetteringOnMessageExpiration: boolean;
};

/** Messages by state. Those that are being worked on count as active: the broker does not tell them apart. */
export type QueueCounts = {
  readonly active: number;
  readonly scheduled: number;
  readonly deadLettered: number;
};

/** A message that the broker itself put aside, because handling it crashed again and again, or it expired. */
export type DeadLetter = {
  readonly queue: QueueName;
  readonly sequenceNumber: string;
  readonly messageId: string;
  /** The broker's word, such as MaxDeliveryCountExceeded. */
  readonly reason: string;
  readonly description: string;
  readonly deliveryCount: number;
  /** Milliseconds. */
  readonly enqueuedAt: number | null;
  /** As it was sent; not validated. */
  readonly body: unknown;
};

/** A message as it lies there, of any state. */
export type PeekedMessage = {
  readonly sequenceNumber: string;
  readonly messageId: string;
  readonly state: 'active' | 'scheduled' | 'deferred' | 'deadLettered';
  /** The lane; null: the queue has none. */
  readonly sessionId: string | null;
  readonly deliveryCount: number;
  /** Milliseconds; of a scheduled message: when it becomes active. */
  readonly enqueuedAt: number | null;
  /** As it was sent; not validated. */
  readonly body: unknown;
  /** Of a dead letter: the broker's word and what it says of it. */
  readonly deadLetterReason: string | null;
};

/** The queues as an operator sees them. Reads only: peeking takes no lock and counts no delivery. */
export interface QueueInspector {
  /** undefined: the namespace has no such queue. */
  settings(queue: DeployedQueue): Promise<QueueSettings | undefined>;
  /** undefined: the namespace has no such queue. */
  counts(queue: QueueName): Promise<QueueCounts | undefined>;
  /**
   * When the oldest active message was enqueued, milliseconds; null: none is active. `unknown`: none was found in
   * `timing.ops.peek` behind the scheduled ones; the next call goes on from there.
   */
  oldestActiveAt(queue: QueueName): Promise<number | null | 'unknown'>;
  /** The oldest first, `limit` at most. */
  deadLetters(queue: QueueName, limit: number): Promise<readonly DeadLetter[]>;
  /**
   * The oldest first, `limit` at most, from this sequence number on; undefined: the namespace has no such queue. What is
   * no number counts as the first.
   */
  peek(
    queue: QueueName,
    limit: number,
    options: { readonly deadLetters: boolean; readonly from?: string },
  ): Promise<readonly PeekedMessage[] | undefined>;
  close(): Promise<void>;
}
