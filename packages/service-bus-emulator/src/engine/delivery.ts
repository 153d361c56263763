import type { StoredMessage } from './message';
import type { QueueState } from './queue-state';
import type { SessionLock } from './session-table';
import type { BrokerError } from './broker-error';

export type ReceiveMode = 'peekLock' | 'receiveAndDelete';

/** A receiver, as a queue sees it. */
export interface ConsumerPort {
  readonly mode: ReceiveMode;
  /** Whether one more message would leave at once. */
  canTake(): boolean;
  /** Gets a message; with peek-lock, `message.lock` is set. */
  take(message: StoredMessage): void;
  /** The queue is gone or refuses to deliver. */
  onEnded(error: BrokerError): void;
}

export type Consumer = { readonly port: ConsumerPort; readonly session: SessionLock | undefined };

/** Hands ready messages to the consumers that can take one, turn by turn. */
export class Delivery {
  readonly #state: QueueState;
  readonly #consumers = new Set<Consumer>();
  /** Those that could take a message when last seen, in the order of their turns. */
  readonly #hungry = new Set<Consumer>();
  readonly #bySession = new Map<SessionLock, Consumer>();
  readonly #expireLock: (message: StoredMessage) => void;
  readonly #expireMessage: (message: StoredMessage) => void;

  constructor(
    state: QueueState,
    rules: {
      readonly expireLock: (message: StoredMessage) => void;
      readonly expireMessage: (message: StoredMessage) => void;
    },
  ) {
    this.#state = state;
    this.#expireLock = rules.expireLock;
    this.#expireMessage = rules.expireMessage;
  }

  add(port: ConsumerPort, session?: SessionLock): Consumer {
    const consumer: Consumer = { port, session };
    this.#consumers.add(consumer);
    if (session) this.#bySession.set(session, consumer);
    return consumer;
  }

  remove(consumer: Consumer): void {
    this.#consumers.delete(consumer);
    this.#hungry.delete(consumer);
    if (consumer.session) this.#bySession.delete(consumer.session);
  }

  /** A consumer's credit changed. */
  poke(consumer: Consumer): void {
    if (!this.#consumers.has(consumer)) return;
    if (consumer.session) {
      this.#pumpSession(consumer, consumer.session);
    } else if (consumer.port.canTake()) {
      this.#hungry.add(consumer);
      this.pump();
    } else {
      this.#hungry.delete(consumer);
    }
  }

  /** A message became ready. */
  onReady(message: StoredMessage): void {
    if (!this.#state.settings.requiresSession) {
      this.pump();
      return;
    }
    const lock = this.#state.sessions.find(message.sessionId ?? '')?.lock;
    const consumer = lock && this.#bySession.get(lock);
    if (lock && consumer) this.#pumpSession(consumer, lock);
  }

  pump(): void {
    for (const consumer of this.#hungry) {
      this.#hungry.delete(consumer);
      if (!consumer.port.canTake()) continue;
      const message = this.#next(() => this.#state.ready.takeFirst());
      if (!message) {
        this.#hungry.add(consumer);
        return;
      }
      this.#deliver(consumer, message);
      if (consumer.port.canTake()) this.#hungry.add(consumer);
    }
  }

  close(error: BrokerError): void {
    for (const consumer of [...this.#consumers]) {
      this.remove(consumer);
      consumer.port.onEnded(error);
    }
  }

  #pumpSession(consumer: Consumer, lock: SessionLock): void {
    while (!lock.isLost && consumer.port.canTake()) {
      const message = this.#next(() => lock.session.ready.takeFirst());
      if (!message) return;
      this.#deliver(consumer, message);
    }
  }

  #next(take: () => StoredMessage | undefined): StoredMessage | undefined {
    for (let message = take(); message; message = take()) {
      if (message.expiresAt > this.#state.now) return message;
      this.#expireMessage(message);
    }
    return undefined;
  }

  #deliver(consumer: Consumer, message: StoredMessage): void {
    const state = this.#state;
    state.totals.received++;
    if (consumer.port.mode === 'receiveAndDelete') {
      consumer.port.take(message);
      state.totals.completed++;
      state.remove(message);
      return;
    }
    state.lock(message, consumer.session, () => this.#expireLock(message));
    consumer.port.take(message);
  }
}
