import { AmqpError } from '../amqp/amqp-error';
import { accepted } from '../amqp/frame-writer';
import type { OutgoingLink, OutgoingLinkHandler } from '../amqp/outgoing-link';
import { entryOf, toInteger } from '../amqp/value';
import type { AmqpValue } from '../amqp/value';
import { startOf } from './event-position';
import type { EventHub, Partition } from './event-hub';
import { writeEvent } from './write-event';

/** Receivers of one consumer group in one partition. */
type Peers = Set<HubReceiver>;

/** Who reads where: a receiver with an epoch drives out those with a lower one, or none. */
export class HubReceivers {
  readonly #peers = new Map<string, Peers>();

  /**
   * Answers the attach of a receiver.
   * @throws AmqpError, BrokerError with what it is refused for
   */
  accept(link: OutgoingLink, hub: EventHub, group: string, partitionId: string): void {
    hub.checkGroup(group);
    const partition = hub.partition(partitionId);
    const start = startOf(link.source.filter, partition);
    const epoch = toInteger(entryOf(link.properties, 'com.microsoft:epoch'));
    const key = `${hub.name} ${group} ${partitionId}`.toLowerCase();
    const peers = this.#peers.get(key) ?? new Set();
    this.#peers.set(key, peers);
    makeRoom(peers, epoch);
    const receiver = new HubReceiver(link, partition, start, epoch, () => peers.delete(receiver));
    peers.add(receiver);
    link.accept(receiver);
  }
}

/** https://learn.microsoft.com/azure/event-hubs/event-hubs-event-processor-host#epoch */
function makeRoom(peers: Peers, epoch: number | undefined): void {
  const highest = Math.max(-1, ...[...peers].map((peer) => peer.epoch ?? -1));
  if (epoch === undefined ? highest >= 0 : epoch < highest) {
    throw stolen(`A receiver with the epoch ${String(highest)} is there, which is higher`);
  }
  if (epoch === undefined) return;
  for (const peer of [...peers]) peer.end(stolen(`A receiver with the epoch ${String(epoch)} has come`));
}

const stolen = (text: string) => new AmqpError('amqp:link:stolen', text);

/** A client that reads one partition, from its own place on. */
class HubReceiver implements OutgoingLinkHandler {
  readonly epoch: number | undefined;
  readonly #link: OutgoingLink;
  readonly #partition: Partition;
  readonly #stopListening: () => void;
  readonly #onGone: () => void;
  #next: number;
  #sent = 0;

  constructor(
    link: OutgoingLink,
    partition: Partition,
    start: number,
    epoch: number | undefined,
    onGone: () => void,
  ) {
    this.epoch = epoch;
    this.#link = link;
    this.#partition = partition;
    this.#next = start;
    this.#onGone = onGone;
    this.#stopListening = partition.listen(() => this.onCredit());
  }

  end(error: AmqpError): void {
    this.#link.detach(error);
  }

  onCredit(): void {
    while (this.#link.canSend) {
      const event = this.#partition.at(this.#next);
      if (event === undefined) return;
      this.#next = event.sequenceNumber + 1;
      const tag = Buffer.alloc(4);
      tag.writeUInt32BE(this.#sent++ >>> 0);
      this.#link.send(tag, writeEvent(event), this.#link.sndSettleMode === 1);
    }
  }

  /** Whatever a client says of an event, the event stays where it is. */
  onOutcome(): AmqpValue {
    return accepted;
  }

  onEnded(): void {
    this.#stopListening();
    this.#onGone();
  }
}
