import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { noLongerNeeded } from '../../../emulator-kit/src/clock';
import { ensureError } from '../../../emulator-kit/src/errors';
import { orLost } from './broker-connection';
import type { BrokerConnection } from './broker-connection';
import { Listener } from './listener';
import type { ListenerOptions } from './listener';
import { keepLocked } from './lock-renewal';
import { Settlements } from './settlements';

export type QueueListenerOptions = ListenerOptions & { readonly maxConcurrentCalls: number };

/** A queue or subscription without sessions: up to `maxConcurrentCalls` messages at a time. */
export class QueueListener extends Listener {
  readonly #options: QueueListenerOptions;

  constructor(options: QueueListenerOptions) {
    super(options);
    this.#options = options;
  }

  protected async listen({ client, lost }: BrokerConnection): Promise<void> {
    const { entityPath, maxConcurrentCalls } = this.#options;
    const receiver = client.createReceiver(entityPath, {
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
    });
    const settlements = new Settlements();
    const subscription = receiver.subscribe(
      {
        processMessage: (message) => this.hold(this.#process(message, receiver, settlements, lost)),
        processError: async ({ error }) => this.fails(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls },
    );
    const { signal } = this.stopping;
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await orLost(stopped, lost);
    await orLost(this.hold(subscription.close()), lost);
  }

  async #process(
    message: ServiceBusReceivedMessage,
    receiver: ServiceBusReceiver,
    settlements: Settlements,
    lost: AbortSignal,
  ): Promise<void> {
    const { handler, clock, log, maxAutoLockRenewalMs } = this.#options;
    const done = new AbortController();
    const endRenewal = () => {
      lost.removeEventListener('abort', endRenewal);
      done.abort(noLongerNeeded);
    };
    lost.addEventListener('abort', endRenewal, { once: true });
    void keepLocked({
      message,
      receiver,
      maxMs: maxAutoLockRenewalMs,
      clock,
      done: done.signal,
      onError: (thrown) => {
        if (done.signal.aborted) return;
        log.warn('The lock of a message could not be renewed', { error: ensureError(thrown).message });
      },
    });
    const ends = { lost, stopping: this.stopping.signal };
    await handler.handle(message, receiver, settlements, ends).finally(endRenewal);
  }
}
