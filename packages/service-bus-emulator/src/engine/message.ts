import type { Deadline } from './deadlines';

export type MessageState = 'active' | 'scheduled' | 'deferred';

/** Properties a consumer added (name to encoded AMQP value); they override the sender's of the same name. */
export type ChangedProperties = ReadonlyMap<string, Uint8Array>;

/** A message as it arrives. `content` is opaque here: the sender's bytes. Times are milliseconds since 1970. */
export type NewMessage = {
  readonly content: Uint8Array;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** undefined: the queue's default, which also limits it. */
  readonly timeToLiveMs: number | undefined;
  /** Not to be seen before; a time that has passed means now. */
  readonly scheduledFor: number | undefined;
};

export type DeadLetterFacts = {
  readonly source: string;
  readonly reason: string | undefined;
  readonly description: string | undefined;
};

/** What a message under a session's lock knows of that lock (SessionLock in session-table.ts). */
export interface SessionHold {
  /** Messages delivered under the lock and not settled. */
  readonly held: Set<StoredMessage>;
}

export type Lock = {
  /** 32 lower-case hex digits: the 16 bytes of the delivery tag. */
  readonly token: string;
  until: number;
  deadline: Deadline | undefined;
  /** Set when the message is held under a session's lock. */
  readonly session: SessionHold | undefined;
};

export type StoredMessage = {
  readonly content: Uint8Array;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** Infinity: without end. */
  readonly timeToLiveMs: number;
  /** Unique in its queue (dead letters included), rising. */
  readonly sequenceNumber: number;
  /** The first number the message had: before it was due, moved or forwarded. */
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedAt: number;
  /** Infinity: never. */
  readonly expiresAt: number;
  /** The time it waits for, or waited for in this queue. */
  readonly scheduledFor: number | undefined;
  /** Set on a dead letter: the queue it comes from, and why. */
  readonly deadLetter: DeadLetterFacts | undefined;
  state: MessageState;
  deliveryCount: number;
  changed: ChangedProperties | undefined;
  lock: Lock | undefined;
  /** Waits in a ready list. */
  isReady: boolean;
  /** Time to live, or the scheduled time. */
  deadline: Deadline | undefined;
};

/** What a record of a message keeps: everything but locks and timers. */
export type MessageFacts = Omit<StoredMessage, 'lock' | 'isReady' | 'deadline'>;

/** A message as a queue holds it, without lock or timer. */
export function toStored(facts: MessageFacts): StoredMessage {
  return { ...facts, lock: undefined, isReady: false, deadline: undefined };
}
