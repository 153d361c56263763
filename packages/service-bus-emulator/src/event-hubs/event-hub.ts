import type { Clock } from '../../../emulator-kit/src/clock';
import { BrokerError } from '../engine/broker-error';

/** What a hub is made with. Consumer groups: beside `$Default`, which each hub has. */
export type HubSettings = {
  readonly name: string;
  readonly partitions: number;
  readonly consumerGroups: readonly string[];
};

/** An event as it came, one encoded AMQP message. */
export type NewEvent = { readonly content: Buffer; readonly partitionKey: string | undefined };

export type StoredEvent = NewEvent & {
  /** 0, 1, 2 ... in its partition. */
  readonly sequenceNumber: number;
  /** Milliseconds. */
  readonly enqueuedAt: number;
};

/** Kept in each partition; the oldest go first, as Event Hubs drops what is older than the retention. */
const kept = 20_000;

/** One partition: events in order, and who waits for more. */
export class Partition {
  readonly id: string;
  #events: StoredEvent[] = [];
  #dropped = 0;
  readonly #listeners = new Set<() => void>();

  constructor(id: string) {
    this.id = id;
  }

  /** The number that the next event gets. */
  get next(): number {
    return this.#dropped + this.#events.length;
  }

  /** The number of the oldest event that is there, or of the next one. */
  get first(): number {
    return this.#dropped;
  }

  get last(): StoredEvent | undefined {
    return this.#events.at(-1);
  }

  append(events: readonly NewEvent[], now: number): void {
    for (const event of events) this.#events.push({ ...event, sequenceNumber: this.next, enqueuedAt: now });
    const gone = this.#events.length > kept * 2 ? this.#events.length - kept : 0;
    if (gone > 0) {
      this.#events = this.#events.slice(gone);
      this.#dropped += gone;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  /** The event with this number, or the oldest one behind it that is still there; undefined: it has not come yet. */
  at(sequenceNumber: number): StoredEvent | undefined {
    return this.#events[Math.max(0, sequenceNumber - this.#dropped)];
  }

  /** The number of the first event that came after this time, milliseconds, or of the next one. */
  firstAfter(time: number): number {
    const index = this.#events.findIndex(({ enqueuedAt }) => enqueuedAt > time);
    return index === -1 ? this.next : this.#dropped + index;
  }

  /** `listener` is called whenever events come. The answer ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** An event hub in memory. */
export class EventHub {
  readonly name: string;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly partitions: readonly Partition[];
  readonly #groups: ReadonlySet<string>;
  readonly #clock: Pick<Clock, 'now'>;
  #turn = 0;

  constructor({ name, partitions, consumerGroups }: HubSettings, clock: Pick<Clock, 'now'>) {
    this.name = name;
    this.createdAt = clock.now();
    this.partitions = Array.from({ length: partitions }, (_, index) => new Partition(String(index)));
    this.#groups = new Set(['$default', ...consumerGroups.map((group) => group.toLowerCase())]);
    this.#clock = clock;
  }

  /** @throws BrokerError there is no such partition */
  partition(id: string): Partition {
    const found = this.partitions.find((partition) => partition.id === id);
    if (!found) throw new BrokerError('invalid-request', `The hub "${this.name}" has no partition "${id}"`);
    return found;
  }

  /** @throws BrokerError there is no such consumer group */
  checkGroup(group: string): void {
    if (this.#groups.has(group.toLowerCase())) return;
    throw new BrokerError('entity-not-found', `The hub "${this.name}" has no consumer group "${group}"`);
  }

  /**
   * Keeps the events of one transfer together: in the partition that was named, that of their key, or the next one in turn.
   * @throws BrokerError there is no such partition
   */
  send(events: readonly NewEvent[], partitionId: string | undefined): void {
    const key = events.find(({ partitionKey }) => partitionKey !== undefined)?.partitionKey;
    const count = this.partitions.length;
    const index = key === undefined ? this.#turn++ % count : hashOf(key) % count;
    const partition = partitionId === undefined ? this.partitions[index] : this.partition(partitionId);
    partition?.append(events, this.#clock.now());
  }
}

/** FNV-1a, 32 bits: the service's own hash is not documented, and only that a key keeps its partition matters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
