import type { MessageFacts } from './message';
import type { QueueSettings } from './settings';

/**
 * What a broker writes down so that another process can go on where this one ended. All calls since the last
 * `commit` become durable together, or not at all; nothing is acknowledged to a client before `commit` returned.
 * A name ending in /$DeadLetterQueue stands for the dead letters of a queue.
 */
export interface Journal {
  put(queue: string, message: MessageFacts): void;
  /** State, delivery count or changed properties of a message differ now. */
  change(queue: string, message: MessageFacts): void;
  remove(queue: string, sequenceNumber: number): void;
  sessionState(queue: string, sessionId: string, state: Uint8Array | null): void;
  /** Duplicate detection saw a message id. */
  seen(queue: string, messageId: string, at: number): void;
  define(queue: string, settings: QueueSettings): void;
  drop(queue: string): void;
  commit(): void;
}

/** The same as data: what was written down, in order; and what a snapshot consists of. */
export type JournalRecord =
  | { readonly kind: 'put'; readonly queue: string; readonly message: MessageFacts }
  | {
      readonly kind: 'change';
      readonly queue: string;
      readonly sequenceNumber: number;
      readonly change: Pick<MessageFacts, 'state' | 'deliveryCount' | 'changed'>;
    }
  | { readonly kind: 'remove'; readonly queue: string; readonly sequenceNumber: number }
  | {
      readonly kind: 'sessionState';
      readonly queue: string;
      readonly sessionId: string;
      readonly state: Uint8Array | null;
    }
  | { readonly kind: 'seen'; readonly queue: string; readonly messageId: string; readonly at: number }
  | { readonly kind: 'sequence'; readonly queue: string; readonly last: number }
  | { readonly kind: 'define'; readonly queue: string; readonly settings: QueueSettings }
  | { readonly kind: 'drop'; readonly queue: string };

/** Leaves out what only lives in this process: locks and timers. */
export function toFacts(message: MessageFacts): MessageFacts {
  return {
    content: message.content,
    messageId: message.messageId,
    sessionId: message.sessionId,
    partitionKey: message.partitionKey,
    timeToLiveMs: message.timeToLiveMs,
    sequenceNumber: message.sequenceNumber,
    enqueuedSequenceNumber: message.enqueuedSequenceNumber,
    enqueuedAt: message.enqueuedAt,
    expiresAt: message.expiresAt,
    scheduledFor: message.scheduledFor,
    deadLetter: message.deadLetter,
    state: message.state,
    deliveryCount: message.deliveryCount,
    changed: message.changed,
  };
}

/** Keeps nothing: messages live as long as the process. */
export const memoryJournal: Journal = {
  put: () => undefined,
  change: () => undefined,
  remove: () => undefined,
  sessionState: () => undefined,
  seen: () => undefined,
  define: () => undefined,
  drop: () => undefined,
  commit: () => undefined,
};
