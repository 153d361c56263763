import type { Clock } from '../../../emulator-kit/src/clock';
import { BrokerError } from './broker-error';
import type { QueueCounters } from './counters';
import { Deadlines } from './deadlines';
import type { Journal } from './journal';
import type { QueueSettings } from './settings';
import { Queue, deadLetterSuffix } from './queue';
import type { Router } from './queue';
import type { Environment } from './queue-state';

/** Azure stops a message after this many hops (auto-forwarding, "considerations"). */
const maxHops = 4;

/** All queues of a namespace. Names are compared without regard to case. */
export class Broker {
  readonly env: Environment;
  readonly #queues = new Map<string, Queue>();
  #hops = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly journal: Journal;
    readonly newToken: () => string;
  }) {
    const deadlines = new Deadlines(options.clock, () => options.journal.commit());
    this.env = { ...options, deadlines };
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
    queue.close(entityNotFound(queue.name));
    this.env.journal.drop(queue.name);
  }

  find(name: string): Queue | undefined {
    const key = name.toLowerCase();
    const suffix = deadLetterSuffix.toLowerCase();
    return key.endsWith(suffix)
      ? this.#queues.get(key.slice(0, -suffix.length))?.deadLetters
      : this.#queues.get(key);
  }

  /** @throws BrokerError entity-not-found */
  queue(name: string): Queue {
    const queue = this.find(name);
    if (!queue) throw entityNotFound(name);
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
    if (!queue || this.#hops >= maxHops) return false;
    this.#hops++;
    try {
      queue.move(message, origin);
      return true;
    } catch (thrown) {
      if (thrown instanceof BrokerError) return false;
      throw thrown;
    } finally {
      this.#hops--;
    }
  };
}

/** Clients recognise this text (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-exceptions). */
export function entityNotFound(name: string): BrokerError {
  return new BrokerError('entity-not-found', `The messaging entity '${name}' could not be found.`);
}
