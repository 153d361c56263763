import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusReceiver } from '@azure/service-bus';
import type { Clock } from '../../../shared/kernel/clock';
import { ensureError } from '../../../shared/kernel/errors';
import type { Logger } from '../../../shared/kernel/logger';
import { keepLocked } from './lock-renewal';
import type { MessageHandler } from './message-handler';
import { OutageLog } from './outage-log';
import { Settlements } from './settlements';

export type ListenerOptions = {
  readonly connectionString: string;
  readonly entityPath: string;
  readonly handler: MessageHandler;
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds, counted from the arrival of a message or the accepting of a session. */
  readonly maxAutoLockRenewalMs: number;
};

export interface Listener {
  start(): void;
  /** Takes no further messages; resolves when those in hand are settled. */
  stop(): Promise<void>;
  /** Cuts the connection. */
  close(): Promise<void>;
}

/** Short and without end: the caller's own loop decides how long to go on. */
export const retryOptions = {
  maxRetries: 0,
  retryDelayInMs: 300,
  maxRetryDelayInMs: 1_000,
  timeoutInMs: 10_000,
};

/** A queue or subscription without sessions: up to `maxConcurrentCalls` messages at a time. */
export class QueueListener implements Listener {
  readonly #options: ListenerOptions & { readonly maxConcurrentCalls: number };
  readonly #client: ServiceBusClient;
  readonly #receiver: ServiceBusReceiver;
  readonly #settlements = new Settlements();
  readonly #outage: OutageLog;
  readonly #inHand = new Set<Promise<void>>();
  #subscription: { close(): Promise<void> } | undefined;

  constructor(options: ListenerOptions & { readonly maxConcurrentCalls: number }) {
    this.#options = options;
    this.#outage = new OutageLog(options.log);
    this.#client = new ServiceBusClient(options.connectionString, { retryOptions });
    this.#receiver = this.#client.createReceiver(options.entityPath, {
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
    });
  }

  start(): void {
    const { handler, clock, log, maxAutoLockRenewalMs, maxConcurrentCalls } = this.#options;
    this.#subscription = this.#receiver.subscribe(
      {
        processMessage: async (message) => {
          this.#outage.works();
          const done = new AbortController();
          const onError = (thrown: unknown) =>
            log.warn('The lock of a message could not be renewed', { error: ensureError(thrown).message });
          void keepLocked({
            message,
            receiver: this.#receiver,
            maxMs: maxAutoLockRenewalMs,
            clock,
            done: done.signal,
            onError,
          });
          const work = handler.handle(message, this.#receiver, this.#settlements).finally(() => done.abort());
          this.#inHand.add(work);
          await work.finally(() => this.#inHand.delete(work));
        },
        processError: async ({ error }) => this.#outage.fails(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls },
    );
  }

  async stop(): Promise<void> {
    await this.#subscription?.close();
    await Promise.allSettled([...this.#inHand]);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
