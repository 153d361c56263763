import { BrokerError } from './broker-error';
import type { ReceiveMode } from './delivery';
import type { StoredMessage } from './message';
import type { QueueState } from './queue-state';
import { sessionKey } from './session-table';
import type { SessionLock } from './session-table';

/** `sessionId` undefined: every message is. */
function isOfSession(message: StoredMessage, sessionId: string | undefined): boolean {
  return sessionId === undefined || sessionKey(message.sessionId ?? '') === sessionKey(sessionId);
}

/** Looks at messages without taking turns: peek, receive deferred ones by number, delete many. */
export class Browse {
  readonly #state: QueueState;
  readonly #expireLock: (message: StoredMessage) => void;

  constructor(state: QueueState, rules: { readonly expireLock: (message: StoredMessage) => void }) {
    this.#state = state;
    this.#expireLock = rules.expireLock;
  }

  /** Messages from a sequence number on, whatever their state, in order. */
  *peek(fromSequenceNumber: number, sessionId?: string): Iterable<StoredMessage> {
    this.#state.accessedAt = this.#state.now;
    this.#state.env.deadlines.runDue();
    for (const message of this.#from(fromSequenceNumber)) if (isOfSession(message, sessionId)) yield message;
  }

  /**
   * All or none. Time to live does not end a deferred message
   * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#time-to-live).
   * @throws BrokerError message-not-found when one of the numbers is not that of a deferred, unlocked message
   */
  receiveDeferred(
    sequenceNumbers: readonly number[],
    mode: ReceiveMode,
    session: SessionLock | undefined,
  ): StoredMessage[] {
    const state = this.#state;
    state.env.deadlines.runDue();
    const messages = [...new Set(sequenceNumbers)].map((number) => {
      const message = state.messages.get(number);
      const isForeign = message !== undefined && !isOfSession(message, session?.session.id);
      if (message?.state !== 'deferred' || message.lock || isForeign) {
        throw new BrokerError('message-not-found', `No deferred message has sequence number ${number}`);
      }
      return message;
    });
    for (const message of messages) {
      state.totals.received++;
      if (mode === 'peekLock') {
        state.lock(message, session, () => this.#expireLock(message));
      } else {
        state.totals.completed++;
        state.remove(message);
      }
    }
    return messages;
  }

  /** Removes up to `count` waiting messages that were enqueued before a time. Returns how many. */
  deleteBatch(count: number, enqueuedBefore: number, sessionId?: string): number {
    this.#state.env.deadlines.runDue();
    let deleted = 0;
    for (const message of this.#state.messages.values()) {
      if (deleted >= count) break;
      if (!message.isReady || !isOfSession(message, sessionId) || message.enqueuedAt > enqueuedBefore)
        continue;
      this.#state.remove(message);
      this.#state.totals.completed++;
      deleted++;
    }
    return deleted;
  }

  /**
   * Ids of sessions. With `stateUpdatedSince`, those whose state was set after it; without, those with active messages or
   * a state (https://learn.microsoft.com/javascript/api/@azure/service-bus/listmessagesessionsoptions).
   */
  sessionIds(stateUpdatedSince: number | undefined, skip: number, top: number): string[] {
    const { sessions, messages } = this.#state;
    const ids = new Map<string, string>();
    for (const session of sessions.all) {
      const isNew = stateUpdatedSince === undefined || session.stateUpdatedAt > stateUpdatedSince;
      if (session.state !== null && isNew) ids.set(sessionKey(session.id), session.id);
    }
    if (stateUpdatedSince === undefined) {
      for (const { sessionId, state } of messages.values()) {
        if (sessionId === undefined || state !== 'active') continue;
        if (!ids.has(sessionKey(sessionId))) ids.set(sessionKey(sessionId), sessionId);
      }
    }
    return [...ids.values()].sort().slice(skip, skip + top);
  }

  *#from(start: number): Iterable<StoredMessage> {
    const { messages, sequence } = this.#state;
    // Numbers are nearly without gaps in a queue that fills up; in one with large gaps walking the map is cheaper.
    if (sequence.last - start < messages.size * 4) {
      for (let number = Math.max(0, start); number <= sequence.last; number++) {
        const message = messages.get(number);
        if (message) yield message;
      }
      return;
    }
    for (const message of messages.values()) if (message.sequenceNumber >= start) yield message;
  }
}
