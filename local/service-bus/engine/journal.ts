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
  define(queue: string, settings: QueueSettings): void;
  drop(queue: string): void;
  commit(): void;
}

export const memoryJournal: Journal = {
  put: () => undefined,
  change: () => undefined,
  remove: () => undefined,
  sessionState: () => undefined,
  define: () => undefined,
  drop: () => undefined,
  commit: () => undefined,
};
