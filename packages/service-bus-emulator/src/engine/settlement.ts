import { BrokerError } from './broker-error';
import type { ChangedProperties, StoredMessage } from './message';
import type { QueueState } from './queue-state';
import type { SessionLock } from './session-table';

export type Settlement =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon'; readonly changed?: ChangedProperties | undefined }
  | { readonly kind: 'defer'; readonly changed?: ChangedProperties | undefined }
  | {
      readonly kind: 'deadLetter';
      readonly reason: string | undefined;
      readonly description: string | undefined;
      readonly changed?: ChangedProperties | undefined;
    }
  /** Unlocks without counting an attempt (AMQP `released`). */
  | { readonly kind: 'release' };

export type DeadLetterReason = {
  readonly reason: string | undefined;
  readonly description: string | undefined;
  readonly changed?: ChangedProperties | undefined;
};

/** Ends deliveries: by the consumer's word, by a lock that ran out, by time to live. */
export class Settlements {
  readonly #state: QueueState;
  readonly #deadLetter: (message: StoredMessage, why: DeadLetterReason) => void;
  readonly #onReady: (message: StoredMessage) => void;

  constructor(
    state: QueueState,
    rules: {
      /** Moves a message to the dead letters. Not called for dead letters themselves. */
      readonly deadLetter: (message: StoredMessage, why: DeadLetterReason) => void;
      readonly onReady: (message: StoredMessage) => void;
    },
  ) {
    this.#state = state;
    this.#deadLetter = rules.deadLetter;
    this.#onReady = rules.onReady;
  }

  /** @throws BrokerError message-lock-lost, or session-lock-lost, when the token holds nothing (any more) */
  settle(token: string, settlement: Settlement): void {
    const message = this.#held(token);
    const { totals } = this.#state;
    switch (settlement.kind) {
      case 'complete':
        totals.completed++;
        this.#state.remove(message);
        return;
      case 'abandon':
        totals.abandoned++;
        this.#change(message, settlement.changed);
        this.giveBack(message, true);
        return;
      case 'release':
        this.giveBack(message, false);
        return;
      case 'defer':
        totals.deferred++;
        this.#change(message, settlement.changed);
        this.#state.dropLock(message);
        this.#state.change(message, { state: 'deferred', deliveryCount: this.#countAfter(message) });
        return;
      case 'deadLetter':
        if (this.#state.isDeadLetters) {
          throw new BrokerError('not-allowed', 'A message of a dead-letter queue cannot be dead-lettered');
        }
        this.#deadLetter(message, settlement);
    }
  }

  /** The new expiry, milliseconds since 1970. */
  renew(token: string): number {
    const message = this.#held(token);
    const { lock } = message;
    if (!lock || lock.session) {
      throw new BrokerError('not-allowed', 'A message of a session is held by the session: renew its lock');
    }
    const { deadlines } = this.#state.env;
    lock.until = this.#state.now + this.#state.settings.lockDurationMs;
    deadlines.cancel(lock.deadline);
    lock.deadline = deadlines.add(lock.until, () => this.expireLock(message));
    return lock.until;
  }

  expireLock(message: StoredMessage): void {
    this.#state.totals.lockLost++;
    this.giveBack(message, true);
  }

  /**
   * A session's lock ended. When it ran out, that counts as a failed attempt of each message it held; when the receiver
   * closed, it does not (https://learn.microsoft.com/azure/service-bus-messaging/message-sessions, delivery count).
   */
  returnHeld(lock: SessionLock, isExpired: boolean): void {
    for (const message of [...lock.held]) {
      if (isExpired) this.expireLock(message);
      else this.giveBack(message, false);
    }
    this.#state.sessions.offer(lock.session);
  }

  /** Time to live is over. Locked and deferred messages are looked at again when they come back. */
  expireMessage(message: StoredMessage): void {
    const { totals, settings } = this.#state;
    if (message.lock || message.state !== 'active') return;
    totals.expired++;
    if (settings.deadLetteringOnMessageExpiration) {
      this.#deadLetter(message, {
        reason: 'TTLExpiredException',
        description: 'The message expired and was dead lettered.',
      });
    } else {
      this.#state.remove(message);
    }
  }

  giveBack(message: StoredMessage, countsAsAttempt: boolean): void {
    const state = this.#state;
    state.dropLock(message);
    if (countsAsAttempt && !state.isDeadLetters) {
      state.change(message, { deliveryCount: this.#countAfter(message) });
      if (message.deliveryCount >= state.settings.maxDeliveryCount) {
        this.#deadLetter(message, {
          reason: 'MaxDeliveryCountExceeded',
          description: `Message could not be consumed after ${state.settings.maxDeliveryCount} delivery attempts.`,
        });
        return;
      }
    }
    if (message.state !== 'active') return;
    if (message.expiresAt <= state.now) {
      this.expireMessage(message);
      return;
    }
    state.makeReady(message);
    this.#onReady(message);
  }

  /** Deferring counts, abandoning counts, dead-lettering does not; in a dead-letter queue nothing does. */
  #countAfter(message: StoredMessage): number {
    return this.#state.isDeadLetters ? message.deliveryCount : message.deliveryCount + 1;
  }

  #held(token: string): StoredMessage {
    this.#state.env.deadlines.runDue();
    const message = this.#state.locks.get(token);
    if (message) return message;
    throw this.#state.settings.requiresSession
      ? new BrokerError(
          'session-lock-lost',
          'The session lock has expired or was lost. Accept the session again.',
        )
      : new BrokerError(
          'message-lock-lost',
          'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
        );
  }

  #change(message: StoredMessage, changed: ChangedProperties | undefined): void {
    if (!changed || changed.size === 0) return;
    this.#state.change(message, { changed: new Map([...(message.changed ?? []), ...changed]) });
  }
}
