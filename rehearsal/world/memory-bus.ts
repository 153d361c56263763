import { PermanentError, UserError } from '../../shared/kernel/errors';
import { timing } from '../../shared/kernel/timing';
import type { DeadLetter, DeadLetterSource } from '../../shared/queue/dead-letter-source';
import type { HintMessage, OperationMessage } from '../../shared/queue/messages';
import type { QueueSender } from '../../shared/queue/queue-sender';
import { operationQueues, queueNames } from '../../shared/queue/queues';
import type { QueueName } from '../../shared/queue/queues';
import type { Delivery } from '../../shared/pipeline/handlers/take-message';
import { Fifo } from './fifo';
import type { VirtualTime } from './virtual-time';

type Message = {
  readonly id: string;
  readonly body: unknown;
  /** Of session queues. */
  readonly lane: string | undefined;
  deliveries: number;
};
/** What waits for the same turn: all of a queue, or one lane of a session queue. */
type Line = { readonly messages: Fifo<Message>; active: number; isListed: boolean };
type Queue = {
  readonly name: QueueName;
  readonly hasSessions: boolean;
  readonly lines: Map<string, Line>;
  /** Lines that have a message and room for it. */
  readonly ready: Fifo<Line>;
  active: number;
};

export type BusCounters = { sent: number; completed: number; retried: number; deadLettered: number };

/** How long a message is on its way, milliseconds. */
const transitMs = 20;
/** Calls of one queue at once, and sessions at once: the settings of host.json. */
const mostAtOnce = 32;
/** MaxDeliveryCount of local/service-bus.config.json. */
const mostDeliveries = 10;
const redeliveryMs = 100;

/**
 * Service Bus in virtual time, one receiver a queue: at least once, sessions one message at a time, schedules, dead
 * letters after ten deliveries. A message stays locked for as long as its handler takes.
 */
export class MemoryBus {
  readonly counters: BusCounters = { sent: 0, completed: 0, retried: 0, deadLettered: 0 };
  readonly #queues: ReadonlyMap<QueueName, Queue>;
  readonly #letters: (DeadLetter & { readonly queue: QueueName })[] = [];
  #ids = 0;
  #working = 0;

  /** @param handle returns when the message is done with, and throws when it must be delivered again */
  constructor(
    private readonly time: VirtualTime,
    private readonly handle: (body: unknown, delivery: Delivery) => Promise<void>,
  ) {
    this.#queues = new Map(
      Object.values(queueNames).map((name) => [
        name,
        {
          name,
          hasSessions: (operationQueues as readonly QueueName[]).includes(name),
          lines: new Map<string, Line>(),
          ready: new Fifo<Line>(),
          active: 0,
        },
      ]),
    );
  }

  /** Nothing is handled, and nothing waits but what is scheduled for later. */
  get isQuiet(): boolean {
    return this.#working === 0;
  }

  readonly sender: QueueSender = {
    sendHints: async (hints, { queue = queueNames.directoryChanges, scheduledAt, parent } = {}) => {
      for (const hint of hints) {
        const body: HintMessage = { v: 1, hint, trace: parent === undefined ? {} : { parent } };
        this.#send(queue, 'hint', body, { at: scheduledAt });
      }
    },
    sendOperation: async (queue, message: OperationMessage, lane) => {
      this.#send(queue, 'operation', message, { lane });
    },
    putBack: async (queue, body, at, lane, rounds = 1) => {
      this.#send(queue, `again-${String(rounds)}`, body, { at, lane });
    },
    close: async () => undefined,
  };

  readonly deadLetters: DeadLetterSource = {
    drain: async (queue, most, handle) => {
      let taken = 0;
      for (const letter of this.#letters.filter((one) => one.queue === queue).slice(0, most)) {
        const answer = await handle({ ...letter, queue });
        if (answer === 'leave') continue;
        this.#letters.splice(this.#letters.indexOf(letter), 1);
        taken++;
        if (answer === 'last') break;
      }
      return taken;
    },
  };

  #send(
    queue: QueueName,
    prefix: string,
    body: unknown,
    { at, lane }: { readonly at?: number | undefined; readonly lane?: string | undefined },
  ): void {
    this.counters.sent++;
    const message: Message = { id: `${prefix}-${String(++this.#ids)}`, body, lane, deliveries: 0 };
    const isLater = at !== undefined && at > this.time.now;
    if (!isLater) this.#working++;
    this.time.at((isLater ? at : this.time.now) + transitMs, () => {
      if (isLater) this.#working++;
      this.#arrive(this.#queueOf(queue), message);
    });
  }

  #queueOf(name: QueueName): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new Error(`There is no queue ${name}`);
    return queue;
  }

  #arrive(queue: Queue, message: Message): void {
    const key = queue.hasSessions ? (message.lane ?? '') : '';
    const line = queue.lines.get(key) ?? { messages: new Fifo<Message>(), active: 0, isListed: false };
    queue.lines.set(key, line);
    line.messages.add(message);
    this.#list(queue, line);
    this.#goOn(queue);
  }

  #list(queue: Queue, line: Line): void {
    const hasRoom = line.active < (queue.hasSessions ? 1 : mostAtOnce);
    if (line.isListed || line.messages.length === 0 || !hasRoom) return;
    line.isListed = true;
    queue.ready.add(line);
  }

  #goOn(queue: Queue): void {
    while (queue.active < mostAtOnce) {
      const line = queue.ready.take();
      if (line === undefined) return;
      line.isListed = false;
      const message = line.messages.take();
      if (message === undefined) continue;
      queue.active++;
      line.active++;
      this.#list(queue, line);
      void this.#deliver(queue, line, message);
    }
  }

  async #deliver(queue: Queue, line: Line, message: Message): Promise<void> {
    message.deliveries++;
    let failed: unknown;
    try {
      await this.handle(message.body, {
        queue: queue.name,
        messageId: message.id,
        deliveryCount: message.deliveries,
        ...(message.lane === undefined ? {} : { sessionId: message.lane }),
      });
      this.counters.completed++;
      this.#working--;
    } catch (thrown) {
      failed = thrown;
      // As the trigger does: what a person must fix waits before it is delivered again.
      const waits = thrown instanceof UserError || thrown instanceof PermanentError;
      if (waits) await this.time.sleep(timing.queue.beforeRedelivery.ms);
    }
    queue.active--;
    line.active--;
    if (failed !== undefined) this.#fail(queue, message, failed);
    this.#list(queue, line);
    this.#goOn(queue);
  }

  #fail(queue: Queue, message: Message, error: unknown): void {
    if (message.deliveries < mostDeliveries) {
      this.counters.retried++;
      this.time.after(redeliveryMs, () => this.#arrive(queue, message));
      return;
    }
    this.counters.deadLettered++;
    this.#working--;
    this.#letters.push({
      queue: queue.name,
      sequenceNumber: String(++this.#ids),
      messageId: message.id,
      body: message.body,
      reason: `MaxDeliveryCountExceeded: ${String(error)}`,
      ...(message.lane === undefined ? {} : { sessionId: message.lane }),
    });
  }
}
