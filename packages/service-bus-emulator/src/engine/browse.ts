import { BrokerError } from './broker-error';
import type { ReceiveMode } from './delivery';
import type { StoredMessage } from './message';
import type { QueueState } from './queue-state';
import type { SessionLock } from './session-table';

/** Looks at messages without taking turns: peek, receive deferred ones by number, delete many. */
export class Browse {
  readonly #state: QueueState;
  readonly #rules: {
    readonly expireLock: (message: StoredMessage) => void;
    readonly expireDeferred: (message: StoredMessage) => void;
  };

  constructor(
    state: QueueState,
    rules: {
      readonly expireLock: (message: StoredMessage) => void;
      readonly expireDeferred: (message: StoredMessage) => void;
    },
  ) {
    this.#state = state;
    this.#rules = rules;
  }

  /** Up to `count` messages from a sequence number on, whatever their state, in order. */
  peek(fromSequenceNumber: number, count: number, sessionId?: string): StoredMessage[] {
    this.#state.env.deadlines.runDue();
    const found: StoredMessage[] = [];
    for (const message of this.#from(fromSequenceNumber)) {
      if (found.length >= count) break;
      if (sessionId === undefined || message.sessionId === sessionId) found.push(message);
    }
    return found;
  }

  /**
   * All or none.
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
      const isForeign = session !== undefined && message?.sessionId !== session.session.id;
      if (message?.state !== 'deferred' || message.lock || isForeign) {
        throw new BrokerError('message-not-found', `No deferred message has sequence number ${number}`);
      }
      if (message.expiresAt <= state.now) {
        this.#rules.expireDeferred(message);
        throw new BrokerError('message-not-found', `The deferred message ${number} has expired`);
      }
      return message;
    });
    for (const message of messages) {
      state.totals.received++;
      if (mode === 'peekLock') {
        state.lock(message, session, () => this.#rules.expireLock(message));
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
      const matches = sessionId === undefined || message.sessionId === sessionId;
      if (!message.isReady || !matches || message.enqueuedAt > enqueuedBefore) continue;
      this.#state.remove(message);
      this.#state.totals.completed++;
      deleted++;
    }
    return deleted;
  }

  /**
   * Ids of sessions. With `stateUpdatedSince`, those whose state was set after it; without, those with messages.
   */
  sessionIds(stateUpdatedSince: number | undefined, skip: number, top: number): string[] {
    const ids =
      stateUpdatedSince === undefined
        ? [...new Set([...this.#state.messages.values()].map((message) => message.sessionId))]
        : [...this.#state.sessions.all]
            .filter((session) => session.state !== null && session.stateUpdatedAt > stateUpdatedSince)
            .map((session) => session.id);
    return ids
      .filter((id) => id !== undefined)
      .sort()
      .slice(skip, skip + top);
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
