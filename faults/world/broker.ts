import type { DrainedQueue } from '../../shared/queue/dead-letter-source';
import type { QueueName } from '../../shared/queue/queues';
import { queueOf } from '../../shared/queue/queues';
import { operatorQueue } from '../../shared/queue/operator-requests';
import { messageVersion } from '../../shared/queue/messages';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';
import type { Weather } from './weather';

export type BrokerQueue = QueueName | typeof operatorQueue;
export type BrokerMessage = {
  readonly id: string;
  readonly queue: BrokerQueue;
  /** As it was sent: JSON. */
  readonly text: string;
  readonly sessionId: string | undefined;
  deliveries: number;
  state: 'scheduled' | 'active' | 'done' | 'dead';
  /** When it becomes active (milliseconds). */
  readonly dueAt: number;
};

type SendOptions = {
  /** Milliseconds; now, if that is past. */
  readonly at?: number;
  readonly sessionId?: string;
  /** Of the message's id. */
  readonly prefix?: string;
};

/** Who a message is handed to. `isAlive` false: its lock will end. */
export type Receiver = { readonly isAlive: boolean; handle(message: BrokerMessage): Promise<void> };

/** As in local/service-bus.config.json. */
const lockMs: Readonly<Record<BrokerQueue, number>> = {
  'directory-changes': 30_000,
  'license-changes': 60_000,
  'license-changes-bulk': 60_000,
  'operator-requests': 60_000,
};
const mostDeliveries = 10;

const isSession = (queue: BrokerQueue) => queue !== operatorQueue && queueOf(queue).carries === 'operations';

/** Service Bus: at least once, in any order; one message at a time in each session. */
export class SimulatedBroker {
  readonly messages = new Map<string, BrokerMessage>();
  /** Bodies of a newer version, and when the app is of that version again. */
  readonly #newer = new Map<string, number>();
  readonly #sessions = new Map<string, { isBusy: boolean; readonly waiting: BrokerMessage[] }>();
  #ids = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly weather: Weather,
    private readonly pick: (queue: BrokerQueue) => Receiver,
    private readonly tell: (text: string) => void,
  ) {}

  /** Messages in this state. */
  count(state: BrokerMessage['state']): number {
    let count = 0;
    for (const message of this.messages.values()) if (message.state === state) count++;
    return count;
  }

  letters(queue: BrokerQueue | DrainedQueue): readonly BrokerMessage[] {
    return [...this.messages.values()].filter(
      (message) => message.queue === queue && message.state === 'dead',
    );
  }

  /** A dead letter was taken. */
  takeLetter(message: BrokerMessage): void {
    message.state = 'done';
  }

  send(
    queue: BrokerQueue,
    body: unknown,
    { at = this.time.now, sessionId, prefix = '' }: SendOptions = {},
  ): void {
    const dueAt = Math.max(at, this.time.now);
    const id = `${prefix}m${String(++this.#ids)}`;
    const text = this.#write(queue, body);
    const message: BrokerMessage = { id, queue, text, sessionId, deliveries: 0, state: 'scheduled', dueAt };
    this.messages.set(id, message);
    const late = this.weather.take('lateMessage')?.forMs ?? this.weather.pick(200);
    this.time.at(dueAt + late, () => this.#arrive(message));
  }

  /** The body as an instance of now reads it: a newer one as of today's form, once that version is back. */
  bodyOf({ text }: BrokerMessage): unknown {
    const body = JSON.parse(text) as object;
    const newerUntil = this.#newer.get(text);
    return newerUntil !== undefined && this.time.now >= newerUntil ? { ...body, v: messageVersion } : body;
  }

  /** At times an instance of a newer version sends it, just before the app is rolled back to this one. */
  #write(queue: BrokerQueue, body: unknown): string {
    const newer = queue === operatorQueue ? undefined : this.weather.take('newerMessage');
    if (newer === undefined) return JSON.stringify(body);
    const text = JSON.stringify({ ...(body as object), v: messageVersion + 1 });
    this.#newer.set(text, this.time.now + newer.forMs);
    return text;
  }

  #arrive(message: BrokerMessage): void {
    message.state = 'active';
    if (!isSession(message.queue)) {
      void this.#deliver(message, () => undefined);
      return;
    }
    const session = this.#sessionOf(message);
    session.waiting.push(message);
    this.#goOn(session);
  }

  #sessionOf({ queue, sessionId }: BrokerMessage) {
    const key = `${queue} ${sessionId ?? ''}`;
    const session = this.#sessions.get(key) ?? { isBusy: false, waiting: [] };
    this.#sessions.set(key, session);
    return session;
  }

  #goOn(session: { isBusy: boolean; readonly waiting: BrokerMessage[] }): void {
    const message = session.isBusy ? undefined : session.waiting.shift();
    if (message === undefined) return;
    session.isBusy = true;
    void this.#deliver(message, () => {
      session.isBusy = false;
      this.#goOn(session);
    });
  }

  async #deliver(message: BrokerMessage, release: () => void): Promise<void> {
    const { time, weather } = this;
    const receiver = this.pick(message.queue);
    message.deliveries++;
    this.tell(`${message.id} to ${message.queue}: ${message.text.slice(0, 300)}`);
    let isOver = false;
    const end = (comesAgain: boolean) => {
      if (isOver) return;
      isOver = true;
      if (comesAgain) this.#deliverAgain(message);
      else message.state = 'done';
      release();
    };
    if (weather.take('lostLock') !== undefined) time.after(weather.pick(3_000), () => end(true));
    const renewLock = () => {
      if (isOver) return;
      if (receiver.isAlive) time.after(lockMs[message.queue], renewLock);
      else end(true);
    };
    time.after(lockMs[message.queue], renewLock);
    try {
      await receiver.handle(message);
      this.tell(`${message.id} is done`);
      // The completion did not reach the broker.
      end(weather.take('redelivery') !== undefined);
    } catch (error) {
      this.tell(`${message.id} has thrown: ${String(error)}`);
      end(true);
    }
  }

  #deliverAgain(message: BrokerMessage): void {
    if (message.deliveries < mostDeliveries) this.time.after(100, () => this.#arrive(message));
    else message.state = 'dead';
  }
}
