import { AmqpError } from '../amqp/amqp-error';
import type { IncomingLink } from '../amqp/incoming-link';
import type { OutgoingLink } from '../amqp/outgoing-link';
import type { Clock } from '../../../emulator-kit/src/clock';
import { BrokerError } from '../engine/broker-error';
import { EventHub } from './event-hub';
import type { HubSettings } from './event-hub';
import { toHubAddress } from './hub-address';
import { HubReceivers } from './hub-receiver';
import { acceptHubSender } from './hub-sender';

/** The event hubs of a broker, and the links to them. */
export class HubFront {
  readonly #hubs = new Map<string, EventHub>();
  readonly #receivers = new HubReceivers();

  constructor(hubs: readonly HubSettings[], clock: Pick<Clock, 'now'>) {
    for (const settings of hubs) this.#hubs.set(settings.name.toLowerCase(), new EventHub(settings, clock));
  }

  /** Whether a path begins with the name of a hub; else it may name a queue. */
  has(path: string): boolean {
    return this.#hubs.has(nameIn(path));
  }

  /** @throws BrokerError the path begins with no hub */
  hub(path: string): EventHub {
    const found = this.#hubs.get(nameIn(path));
    if (!found)
      throw new BrokerError('entity-not-found', `The messaging entity '${path}' could not be found.`);
    return found;
  }

  /**
   * A client that reads from a hub.
   * @throws AmqpError, BrokerError with what it is refused for
   */
  acceptReceiver(link: OutgoingLink, path: string): void {
    const { group, partition } = toHubAddress(path) ?? {};
    if (group === undefined || partition === undefined) {
      throw new AmqpError('amqp:not-found', 'Events are read from a partition, by a consumer group');
    }
    this.#receivers.accept(link, this.hub(path), group, partition);
  }

  /**
   * A client that sends to it.
   * @throws AmqpError, BrokerError with what it is refused for
   */
  acceptSender(link: IncomingLink, path: string): void {
    const address = toHubAddress(path);
    if (address === undefined || address.group !== undefined) {
      throw new AmqpError('amqp:not-found', 'Events are sent to a hub, or to a partition of it');
    }
    acceptHubSender(link, this.hub(path), address.partition);
  }
}

const nameIn = (path: string) => (path.split('/')[0] ?? '').toLowerCase();
