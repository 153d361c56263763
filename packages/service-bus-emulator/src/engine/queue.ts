import { BrokerError } from './broker-error';
import { Browse } from './browse';
import type { QueueCounters } from './counters';
import { Delivery } from './delivery';
import type { Consumer, ConsumerPort } from './delivery';
import { Intake, toNew } from './intake';
import type { Origin } from './intake';
import { toStored } from './message';
import type { MessageFacts, NewMessage, StoredMessage } from './message';
import { QueueState, SequenceNumbers } from './queue-state';
import type { Environment } from './queue-state';
import type { SessionLock, SessionOwner } from './session-table';
import type { QueueSettings } from './settings';
import { Settlements } from './settlement';
import type { DeadLetterReason, Settlement } from './settlement';

/** Follows a queue's name in the address of its dead-letter queue. */
export const deadLetterSuffix = '/$DeadLetterQueue';

/** Who sends to a queue: a link of a client. */
export interface SenderPort {
  /** The queue is gone. */
  onEnded(error: BrokerError): void;
}

/** Moves a message to another queue by name. Returns why it cannot go there; undefined: it is there. */
export type Router = (target: string, message: NewMessage, origin: Origin) => DeadLetterReason | undefined;

/** One queue, or the dead letters of one. Everything happens at once, in the call; times come from the environment. */
export class Queue {
  readonly name: string;
  /** undefined: this is a dead-letter queue itself. */
  readonly deadLetters: Queue | undefined;
  readonly state: QueueState;
  readonly browse: Browse;
  readonly #delivery: Delivery;
  readonly #settlements: Settlements;
  readonly #intake: Intake;
  readonly #route: Router;
  readonly #senders = new Set<SenderPort>();
  #closedFor: BrokerError | undefined;

  constructor(name: string, settings: QueueSettings, env: Environment, route: Router, parent?: Queue) {
    this.name = name;
    this.#route = route;
    const sequence = parent?.state.sequence ?? new SequenceNumbers();
    this.state = new QueueState(name, settings, env, {
      sequence,
      isDeadLetters: parent !== undefined,
      onSessionExpired: (lock) => this.#settlements.returnHeld(lock, true),
    });
    const expireLock = (message: StoredMessage) => this.#settlements.expireLock(message);
    const expireMessage = (message: StoredMessage) => this.#settlements.expireMessage(message);
    this.#delivery = new Delivery(this.state, { expireLock, expireMessage });
    const onReady = (message: StoredMessage) => this.#delivery.onReady(message);
    this.#settlements = new Settlements(this.state, {
      deadLetter: (message, why) => this.#deadLetter(message, why),
      onReady,
    });
    this.#intake = new Intake(this.state, {
      onReady,
      expireMessage,
      forward: (message) => this.#forward(message),
      keepsForever: parent !== undefined,
    });
    this.browse = new Browse(this.state, { expireLock });
    this.deadLetters = parent
      ? undefined
      : new Queue(name + deadLetterSuffix, toDeadLetterSettings(settings), env, route, this);
  }

  get settings(): QueueSettings {
    return this.state.settings;
  }

  update(settings: QueueSettings): void {
    this.state.settings = settings;
    this.state.updatedAt = this.state.now;
    this.deadLetters?.update(toDeadLetterSettings(settings));
    this.#endReceiversThatAreRefused();
  }

  /** Tells a sender when the queue is deleted. Returns how to leave. */
  addSender(port: SenderPort): () => void {
    this.#senders.add(port);
    return () => this.#senders.delete(port);
  }

  /**
   * Sequence numbers; undefined for a dropped duplicate.
   * @throws BrokerError entity-not-found when the queue has been deleted: what is sent to it would be lost
   */
  send(messages: readonly NewMessage[]): (number | undefined)[] {
    if (this.#closedFor) throw this.#closedFor;
    this.state.accessedAt = this.state.now;
    if (!this.deadLetters) throw new BrokerError('not-allowed', 'Nothing can be sent to a dead-letter queue');
    return this.#intake.accept(messages);
  }

  /**
   * A message from another queue.
   * @throws BrokerError when this one cannot take it
   */
  move(message: NewMessage, origin: Origin): void {
    this.#intake.check([message]);
    this.#intake.move(message, origin);
  }

  cancelScheduled(sequenceNumbers: readonly number[]): void {
    this.#intake.cancelScheduled(sequenceNumbers);
  }

  /** @throws BrokerError when the queue cannot be received from that way */
  checkReceiver(wantsSession: boolean): void {
    const { status, requiresSession, forwardTo } = this.settings;
    if (status === 'Disabled' || status === 'ReceiveDisabled') {
      throw new BrokerError('entity-disabled', `The queue "${this.name}" is disabled for receiving`);
    }
    if (forwardTo !== undefined) {
      throw new BrokerError(
        'not-allowed',
        `The queue "${this.name}" forwards its messages to "${forwardTo}"`,
      );
    }
    if (requiresSession !== wantsSession) {
      throw new BrokerError(
        'not-allowed',
        requiresSession
          ? `It is not possible for an entity that requires sessions to create a non-sessionful message receiver ("${this.name}")`
          : `The queue "${this.name}" has no sessions`,
      );
    }
  }

  addConsumer(port: ConsumerPort, session?: SessionLock): Consumer {
    this.state.accessedAt = this.state.now;
    return this.#delivery.add(port, session);
  }

  poke(consumer: Consumer): void {
    this.state.accessedAt = this.state.now;
    this.#delivery.poke(consumer);
  }

  /** A session's receiver loses its lock, and what it held goes back; others keep their locks until they expire. */
  removeConsumer(consumer: Consumer): void {
    this.#delivery.remove(consumer);
    if (consumer.session) this.releaseSession(consumer.session);
  }

  acceptSession(id: string, owner: SessionOwner): SessionLock {
    return this.state.sessions.accept(id, owner);
  }

  releaseSession(lock: SessionLock): void {
    this.state.sessions.release(lock);
    this.#settlements.returnHeld(lock, false);
  }

  settle(token: string, settlement: Settlement): void {
    this.#settlements.settle(token, settlement);
  }

  renewLock(token: string): number {
    return this.#settlements.renew(token);
  }

  /** @throws BrokerError message-too-large: a state holds as much as one message does */
  setSessionState(lock: SessionLock, value: Uint8Array | null): void {
    const { maxMessageSizeBytes } = this.settings;
    if (value && value.length > maxMessageSizeBytes) {
      throw new BrokerError(
        'message-too-large',
        `A session state of ${value.length} bytes; the limit is ${maxMessageSizeBytes}`,
      );
    }
    lock.session.state = value;
    lock.session.stateUpdatedAt = this.state.now;
    this.state.env.journal.sessionState(this.name, lock.session.id, value);
  }

  counters(): QueueCounters {
    return this.state.counters(this.deadLetters?.state.messages.size ?? 0);
  }

  /** Puts back what the journal kept. Call `start` when everything is back. */
  restore(facts: MessageFacts): void {
    this.state.sequence.keepAbove(facts.sequenceNumber);
    this.state.insert(toStored(facts));
  }

  start(): void {
    for (const message of [...this.state.messages.values()]) this.#intake.restore(message);
    this.deadLetters?.start();
  }

  /** Ends everything under way: the queue has been deleted. */
  close(error: BrokerError): void {
    this.#closedFor = error;
    for (const sender of [...this.#senders]) sender.onEnded(error);
    this.#senders.clear();
    this.#delivery.close(error);
    this.state.sessions.close(error);
    for (const message of [...this.state.messages.values()]) this.state.remove(message);
    this.deadLetters?.close(error);
  }

  /** A receiver that could not attach any more does not go on either. */
  #endReceiversThatAreRefused(): void {
    try {
      this.checkReceiver(this.settings.requiresSession);
    } catch (thrown) {
      if (!(thrown instanceof BrokerError)) throw thrown;
      this.#delivery.close(thrown);
      this.state.sessions.close(thrown);
    }
  }

  #forward(message: StoredMessage): boolean {
    const { forwardTo } = this.settings;
    if (forwardTo === undefined) return false;
    const origin = { enqueuedSequenceNumber: message.enqueuedSequenceNumber, changed: message.changed };
    const failure = this.#route(forwardTo, toNew(message), origin);
    if (failure) {
      this.#deadLetter(message, failure);
    } else {
      this.state.totals.forwarded++;
      this.state.remove(message);
    }
    return true;
  }

  #deadLetter(message: StoredMessage, why: DeadLetterReason): void {
    const { deadLetters, state } = this;
    if (!deadLetters) {
      return;
    }
    state.totals.deadLettered++;
    state.remove(message);
    const { enqueuedSequenceNumber, enqueuedAt, deliveryCount } = message;
    const { reason, description } = why;
    const changed = why.changed?.size
      ? new Map([...(message.changed ?? []), ...why.changed])
      : message.changed;
    const origin: Origin = {
      enqueuedSequenceNumber,
      enqueuedAt,
      deliveryCount,
      changed,
      deadLetter: { source: this.name, reason, description },
    };
    const target = this.settings.forwardDeadLetteredMessagesTo;
    if (target !== undefined && this.#route(target, toNew(message), origin) === undefined) {
      state.totals.forwarded++;
    } else {
      deadLetters.#intake.move(toNew(message), origin);
    }
  }
}

function toDeadLetterSettings(settings: QueueSettings): QueueSettings {
  return {
    ...settings,
    requiresSession: false,
    requiresDuplicateDetection: false,
    maxDeliveryCount: Infinity,
    defaultTimeToLiveMs: Infinity,
    deadLetteringOnMessageExpiration: false,
    forwardTo: undefined,
    forwardDeadLetteredMessagesTo: undefined,
  };
}
