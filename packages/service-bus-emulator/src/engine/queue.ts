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

/** Moves a message to another queue by name; false: it cannot go there. */
export type Router = (target: string, message: NewMessage, origin: Origin, from: string) => boolean;

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

  constructor(name: string, settings: QueueSettings, env: Environment, route: Router, parent?: Queue) {
    this.name = name;
    this.#route = route;
    const sequence = parent?.state.sequence ?? new SequenceNumbers();
    this.state = new QueueState(name, settings, env, sequence, (lock) =>
      this.#settlements.returnHeld(lock, true),
    );
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
    this.browse = new Browse(this.state, {
      expireLock,
      expireDeferred: (message) => {
        this.state.change(message, { state: 'active' });
        expireMessage(message);
      },
    });
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
  }

  send(messages: readonly NewMessage[]): (number | undefined)[] {
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

  setSessionState(lock: SessionLock, value: Uint8Array | null): void {
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
    this.#delivery.close(error);
    this.state.sessions.close(error);
    for (const message of [...this.state.messages.values()]) this.state.remove(message);
    this.deadLetters?.close(error);
  }

  #forward(message: StoredMessage): boolean {
    const { forwardTo } = this.settings;
    if (forwardTo === undefined) return false;
    const origin = { enqueuedSequenceNumber: message.enqueuedSequenceNumber, changed: message.changed };
    if (this.#route(forwardTo, toNew(message), origin, this.name)) {
      this.state.totals.forwarded++;
      this.state.remove(message);
    } else {
      this.#deadLetter(message, {
        reason: 'ForwardingFailed',
        description: `The message could not be forwarded to "${forwardTo}".`,
      });
    }
    return true;
  }

  #deadLetter(message: StoredMessage, why: DeadLetterReason): void {
    const { deadLetters, state } = this;
    if (!deadLetters) {
      // A dead letter that is dead-lettered again stays where it is.
      if (message.lock) this.#settlements.giveBack(message, false);
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
    if (target !== undefined && this.#route(target, toNew(message), origin, this.name)) {
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
