import { AmqpError } from '../amqp/amqp-error';
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
import { checkChangedSizes } from './property-limits';
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
      const reason = toText(entryOf(outcome.info, 'DeadLetterReason'));
      const description = toText(entryOf(outcome.info, 'DeadLetterErrorDescription'));
      // One that is not a text stays among the properties, as the type it came as.
      if (reason !== undefined) changed.delete('DeadLetterReason');
      if (description !== undefined) changed.delete('DeadLetterErrorDescription');
      return { kind: 'deadLetter', reason, description: description ?? outcome.description, changed };
    }
    default:
      return { kind: 'release' };
  }
}

/**
 * Reads properties-to-modify; empty when there are none.
 * @throws AmqpError when they are larger than the service takes
 */
export function toChangedProperties(value: AmqpValue | undefined): Map<string, Uint8Array> {
  const changed = new Map<string, Uint8Array>();
  if (value?.type !== 'map') return changed;
  for (const [key, item] of value.value) {
    const name = toText(key);
    if (name !== undefined) changed.set(name, encodeValue(item));
  }
  checkChangedSizes(changed);
  return changed;
}

/**
 * Answers the attach of a receiver, for a session perhaps later.
 * @throws BrokerError with what it is refused for
 */
export function acceptReceiver(link: OutgoingLink, queue: Queue, newToken: () => string): void {
  refuseFilters(link);
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
  const sessionId = toText(filter);
  const confirm = (lock: SessionLock) => {
    // A client that named the session insists on its own spelling.
    const answer = toSessionAnswer(link, lock, sessionId ?? lock.session.id);
    link.accept(new EntityReceiver(link, queue, newToken, lock), answer);
  };
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

/** Words and condition are the service's (https://github.com/Azure/amqpnetlite/issues/524). */
function refuseFilters({ name, source }: OutgoingLink): void {
  const entries = source.filter?.type === 'map' ? source.filter.value : [];
  for (const [key, value] of entries) {
    const label = toText(key) ?? '';
    if (label === sessionFilter) continue;
    const descriptor = value.type === 'described' ? toText(value.descriptor) : undefined;
    if (/^(apache\.org:selector-filter|jms-selector)/.test(descriptor ?? label)) {
      throw new AmqpError('amqp:not-implemented', 'Selectors are not supported by this broker');
    }
    throw new AmqpError(
      'amqp:not-allowed',
      `The link '${name}' contains invalid filter type. System only support Jms or Apache selector filter type but we ` +
        `found type '${descriptor ?? value.type}' associated with key '${label}'.`,
    );
  }
}

/** .NET ticks: 100 ns since the year 1. */
export function toTicks(ms: number): bigint {
  return BigInt(Math.trunc(ms)) * 10_000n + 621_355_968_000_000_000n;
}

function toSessionAnswer(link: OutgoingLink, lock: SessionLock, sessionId: string) {
  const filter = map([[symbol(sessionFilter), string(sessionId)]]);
  return {
    source: withFilter(link.source.raw ?? { type: 'null' }, filter),
    properties: [property('com.microsoft:locked-until-utc', long(toTicks(lock.until)))],
  };
}
