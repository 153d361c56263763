import type { Clock } from '../../../emulator-kit/src/clock';
import { BrokerError } from './broker-error';
import type { QueueCounters } from './counters';
import { Deadlines } from './deadlines';
import type { Journal } from './journal';
import type { QueueSettings } from './settings';
import { Queue, deadLetterSuffix } from './queue';
import type { Router } from './queue';
import type { Environment } from './queue-state';
import type { DeadLetterReason } from './settlement';

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-auto-forwarding#considerations */
const maxHops = 4;
/** Reasons as in https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#moving-messages-to-the-dlq */
const tooManyHops: DeadLetterReason = {
  reason: 'MaxTransferHopCountExceeded',
  description: `The maximum number of allowed hops when forwarding between queues has been exceeded. This value is set to ${maxHops}.`,
};
const noSessionId: DeadLetterReason = {
  reason: 'Session ID is null.',
  description: "Session enabled entity doesn't allow a message whose session identifier is null.",
};
/** The text is the service's (https://github.com/Azure/azure-service-bus/issues/693). */
const destinationMissing: DeadLetterReason = {
  reason: 'ForwardingFailed',
  description: 'The transfer destination entity does not exist.',
};

/** All queues of a namespace. Names are compared without regard to case. */
export class Broker {
  readonly env: Environment;
  readonly #queues = new Map<string, Queue>();
  readonly #namespace: string;
  #hops = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly journal: Journal;
    readonly newToken: () => string;
    /** Its name stands in error texts. */
    readonly namespace?: string;
  }) {
    const { clock, journal, newToken } = options;
    const deadlines = new Deadlines(clock, () => journal.commit());
    this.env = { clock, journal, newToken, deadlines };
    this.#namespace = options.namespace ?? 'sbemulatorns';
  }

  get queues(): Queue[] {
    return [...this.#queues.values()];
  }

  create(name: string, settings: QueueSettings): Queue {
    const key = name.toLowerCase();
    if (this.#queues.has(key)) {
      throw new BrokerError('entity-already-exists', `The messaging entity '${name}' already exists.`);
    }
    const queue = new Queue(name, settings, this.env, this.#route);
    this.#queues.set(key, queue);
    this.env.journal.define(name, settings);
    return queue;
  }

  update(name: string, settings: QueueSettings): Queue {
    const queue = this.queue(name);
    queue.update(settings);
    this.env.journal.define(queue.name, settings);
    return queue;
  }

  delete(name: string): void {
    const queue = this.queue(name);
    this.#queues.delete(name.toLowerCase());
    queue.close(this.notFound(queue.name));
    this.env.journal.drop(queue.name);
  }

  find(name: string): Queue | undefined {
    const key = name.toLowerCase();
    const suffix = deadLetterSuffix.toLowerCase();
    return key.endsWith(suffix)
      ? this.#queues.get(key.slice(0, -suffix.length))?.deadLetters
      : this.#queues.get(key);
  }

  /**
   * The error for a queue that does not exist, in the service's words (https://github.com/Azure/azure-service-bus/issues/451).
   * Clients recognise them: src/errors.ts in @azure/core-amqp.
   */
  notFound(name: string): BrokerError {
    const address = `sb://${this.#namespace}.servicebus.windows.net/${name}`;
    const more = 'To know more visit https://aka.ms/sbResourceMgrExceptions.';
    return new BrokerError(
      'entity-not-found',
      `The messaging entity '${address}' could not be found. ${more}`,
    );
  }

  /** @throws BrokerError entity-not-found */
  queue(name: string): Queue {
    const queue = this.find(name);
    if (!queue) throw this.notFound(name);
    return queue;
  }

  counters(): Record<string, QueueCounters> {
    this.env.deadlines.runDue();
    return Object.fromEntries(this.queues.map((queue) => [queue.name, queue.counters()]));
  }

  /** Arms timers and offers messages, after everything has been put back. */
  start(): void {
    for (const queue of this.queues) queue.start();
  }

  stop(): void {
    this.env.deadlines.stop();
  }

  readonly #route: Router = (target, message, origin) => {
    const queue = this.find(target);
    if (!queue) return destinationMissing;
    if (this.#hops >= maxHops) return tooManyHops;
    if (queue.settings.requiresSession && message.sessionId === undefined) return noSessionId;
    this.#hops++;
    try {
      queue.move(message, origin);
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof BrokerError)) throw thrown;
      return { reason: 'ForwardingFailed', description: thrown.message };
    } finally {
      this.#hops--;
    }
  };
}
