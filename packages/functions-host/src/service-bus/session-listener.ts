import { ServiceBusError } from '@azure/service-bus';
import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { ensureError } from '../../../emulator-kit/src/errors';
import { backoffMs } from '../../../emulator-kit/src/backoff';
import { ConnectionLostError, orLost } from './broker-connection';
import type { BrokerConnection } from './broker-connection';
import { Listener } from './listener';
import type { ListenerOptions } from './listener';
import { Settlements } from './settlements';

export type SessionListenerOptions = ListenerOptions & {
  readonly maxConcurrentSessions: number;
  /** How long to wait on an empty session before taking the next one, milliseconds. */
  readonly sessionIdleMs: number;
};

const backoff = { firstMs: 200, maxMs: 1_000 };

/** A queue or subscription with sessions: up to `maxConcurrentSessions` at a time, one message at a time in each. */
export class SessionListener extends Listener {
  readonly #options: SessionListenerOptions;

  constructor(options: SessionListenerOptions) {
    super(options);
    this.#options = options;
  }

  protected async listen(broker: BrokerConnection): Promise<void> {
    const { maxConcurrentSessions } = this.#options;
    const loops = Array.from({ length: maxConcurrentSessions }, () => this.#acceptSessions(broker));
    // A function may still run for a message of the lost connection; nothing waits for it here.
    await orLost(Promise.all(loops), broker.lost);
  }

  async #acceptSessions(broker: BrokerConnection): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted && !broker.lost.aborted;) {
      try {
        const receiver = await this.#acceptNext(broker, signal);
        failures = 0;
        if (receiver) await this.hold(this.#drain(receiver, broker.lost, signal));
      } catch (thrown) {
        if (signal.aborted || thrown instanceof ConnectionLostError) return;
        this.fails(thrown);
        await clock.sleep(backoffMs(backoff, failures, random), signal).catch(() => undefined);
        failures += 1;
      }
    }
  }

  /** undefined: no session came free in time. */
  async #acceptNext(
    { client, lost }: BrokerConnection,
    abortSignal: AbortSignal,
  ): Promise<ServiceBusSessionReceiver | undefined> {
    const { entityPath, maxAutoLockRenewalMs } = this.#options;
    try {
      const accepting = client.acceptNextSession(entityPath, {
        abortSignal,
        maxAutoLockRenewalDurationInMs: maxAutoLockRenewalMs,
        skipParsingBodyAsJson: true,
      });
      return await orLost(accepting, lost);
    } catch (thrown) {
      if (thrown instanceof ServiceBusError && thrown.code === 'ServiceTimeout') return undefined;
      throw thrown;
    }
  }

  /** Takes one message after the other until the session is idle, lost, or the host stops. */
  async #drain(receiver: ServiceBusSessionReceiver, lost: AbortSignal, signal: AbortSignal): Promise<void> {
    const { handler, sessionIdleMs, log } = this.#options;
    const settlements = new Settlements();
    try {
      while (!signal.aborted && !receiver.isClosed) {
        const receiving = receiver.receiveMessages(1, {
          maxWaitTimeInMs: sessionIdleMs,
          abortSignal: signal,
        });
        const messages = await orLost(receiving, lost);
        if (messages.length === 0) break;
        for (const message of messages)
          await handler.handle(message, receiver, settlements, { lost, stopping: signal });
      }
    } catch (thrown) {
      if (!signal.aborted) {
        log.debug('The session was lost', {
          session: receiver.sessionId,
          error: ensureError(thrown).message,
        });
      }
    }
    await orLost(receiver.close(), lost).catch(() => undefined);
  }
}
