import { accepted, rejected } from '../amqp/frame-writer';
import { property } from '../amqp/link';
import type { OutgoingLink, OutgoingLinkHandler } from '../amqp/outgoing-link';
import { filterOf, withFilter } from '../amqp/performatives';
import type { Outcome } from '../amqp/performatives';
import { entryOf, long, map, string, symbol, toInteger, toText } from '../amqp/value';
import type { AmqpValue } from '../amqp/value';
import { encodeValue } from '../amqp/writer';
import { BrokerError } from '../engine/broker-error';
import type { Consumer, ConsumerPort } from '../engine/delivery';
import type { StoredMessage } from '../engine/message';
import type { Queue } from '../engine/queue';
import type { SessionLock, SessionOwner } from '../engine/session-table';
import type { Settlement } from '../engine/settlement';
import { fromDeliveryTag, toDeliveryTag } from './lock-token';
import { toAmqpError } from './to-amqp-error';
import { writeMessage } from './write-message';

const sessionFilter = 'com.microsoft:session-filter';
/** For clients that do not say how long they wait for the next session. */
const defaultSessionWaitMs = 60_000;
/**
 * A link whose session expired is detached a little later: outcomes on their way are then answered with
 * session-lock-lost, while a client that sees the detach first waits for its answer until it times out.
 */
const detachDelayMs = 100;

/** A client that receives from a queue: one link, one consumer. */
class EntityReceiver implements OutgoingLinkHandler, ConsumerPort {
  readonly mode: 'peekLock' | 'receiveAndDelete';
  readonly #link: OutgoingLink;
  readonly #queue: Queue;
  readonly #consumer: Consumer;
  readonly #newToken: () => string;

  constructor(link: OutgoingLink, queue: Queue, newToken: () => string, session?: SessionLock) {
    this.mode = link.sndSettleMode === 1 ? 'receiveAndDelete' : 'peekLock';
    this.#link = link;
    this.#queue = queue;
    this.#newToken = newToken;
    this.#consumer = queue.addConsumer(this, session);
  }

  canTake(): boolean {
    return this.#link.canSend;
  }

  take(message: StoredMessage): void {
    const tag = toDeliveryTag(message.lock?.token ?? this.#newToken());
    this.#link.send(tag, writeMessage(message), this.mode === 'receiveAndDelete');
  }

  onCredit(): void {
    this.#queue.poke(this.#consumer);
  }

  onOutcome(tag: Buffer, outcome: Outcome | undefined): AmqpValue {
    if (this.mode === 'receiveAndDelete') return accepted;
    try {
      this.#queue.settle(fromDeliveryTag(tag), toSettlement(outcome));
      return accepted;
    } catch (thrown) {
      return rejected(toAmqpError(thrown));
    }
  }

  onEnded(error?: BrokerError): void {
    if (error) this.#link.detach(toAmqpError(error));
    this.#queue.removeConsumer(this.#consumer);
  }
}

/** Azure's meaning of the four outcomes (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide). */
export function toSettlement(outcome: Outcome | undefined): Settlement {
  switch (outcome?.kind) {
    case 'accepted':
      return { kind: 'complete' };
    case 'modified':
      return {
        kind: outcome.undeliverableHere ? 'defer' : 'abandon',
        changed: toChangedProperties(outcome.annotations),
      };
    case 'rejected': {
      const changed = toChangedProperties(outcome.info);
      changed.delete('DeadLetterReason');
      changed.delete('DeadLetterErrorDescription');
      return {
        kind: 'deadLetter',
        reason: toText(entryOf(outcome.info, 'DeadLetterReason')),
        description: toText(entryOf(outcome.info, 'DeadLetterErrorDescription')) ?? outcome.description,
        changed,
      };
    }
    default:
      return { kind: 'release' };
  }
}

/** Reads properties-to-modify; empty when there are none. */
export function toChangedProperties(value: AmqpValue | undefined): Map<string, Uint8Array> {
  const changed = new Map<string, Uint8Array>();
  if (value?.type !== 'map') return changed;
  for (const [key, item] of value.value) {
    const name = toText(key);
    if (name !== undefined) changed.set(name, encodeValue(item));
  }
  return changed;
}

/**
 * Answers the attach of a receiver, for a session perhaps later.
 * @throws BrokerError with what it is refused for
 */
export function acceptReceiver(link: OutgoingLink, queue: Queue, newToken: () => string): void {
  const filter = filterOf(link.source.filter, sessionFilter);
  queue.checkReceiver(filter !== undefined);
  if (!filter) {
    link.accept(new EntityReceiver(link, queue, newToken));
    return;
  }
  const { clock, deadlines } = queue.state.env;
  const owner: SessionOwner = {
    connection: link.session.connection,
    linkName: link.name,
    onLost: (error) => {
      if (link.isAttaching) link.refuse(toAmqpError(error));
      else deadlines.add(clock.now() + detachDelayMs, () => link.detach(toAmqpError(error)));
    },
  };
  const confirm = (lock: SessionLock) => {
    link.accept(new EntityReceiver(link, queue, newToken, lock), toSessionAnswer(link, lock));
  };
  const sessionId = toText(filter);
  if (sessionId !== undefined) {
    confirm(queue.acceptSession(sessionId, owner));
    return;
  }
  const asked = toInteger(entryOf(link.properties, 'com.microsoft:timeout'));
  const stopWaiting = queue.state.sessions.acceptNext(owner, asked ?? defaultSessionWaitMs, confirm, () => {
    const error = new BrokerError('timeout', 'No session with messages became available in time');
    link.refuse(toAmqpError(error));
  });
  if (link.isAttaching) link.whileWaiting(stopWaiting);
}

/** .NET ticks: 100 ns since the year 1. */
export function toTicks(ms: number): bigint {
  return BigInt(Math.trunc(ms)) * 10_000n + 621_355_968_000_000_000n;
}

function toSessionAnswer(link: OutgoingLink, lock: SessionLock) {
  const filter = map([[symbol(sessionFilter), string(lock.session.id)]]);
  return {
    source: withFilter(link.source.raw ?? { type: 'null' }, filter),
    properties: [property('com.microsoft:locked-until-utc', long(toTicks(lock.until)))],
  };
}
