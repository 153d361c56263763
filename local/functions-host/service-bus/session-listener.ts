import { setMaxListeners } from 'node:events';
import { ServiceBusClient, ServiceBusError } from '@azure/service-bus';
import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { ensureError } from '../../../shared/kernel/errors';
import { backoffMs } from '../../../shared/kernel/retry';
import type { Random } from '../../../shared/kernel/random';
import { OutageLog } from './outage-log';
import { retryOptions } from './queue-listener';
import type { Listener, ListenerOptions } from './queue-listener';
import { Settlements } from './settlements';

export type SessionListenerOptions = ListenerOptions & {
  readonly maxConcurrentSessions: number;
  /** How long to wait on an empty session before taking the next one, milliseconds. */
  readonly sessionIdleMs: number;
  readonly random: Random;
};

const backoff = { firstMs: 200, maxMs: 1_000 };

/** A queue or subscription with sessions: up to `maxConcurrentSessions` at a time, one message at a time in each. */
export class SessionListener implements Listener {
  readonly #options: SessionListenerOptions;
  readonly #client: ServiceBusClient;
  readonly #outage: OutageLog;
  readonly #stopping = new AbortController();
  readonly #inHand = new Set<Promise<void>>();

  constructor(options: SessionListenerOptions) {
    this.#options = options;
    this.#outage = new OutageLog(options.log);
    this.#client = new ServiceBusClient(options.connectionString, { retryOptions });
  }

  start(): void {
    const { maxConcurrentSessions } = this.#options;
    // Every loop listens to the one signal; that is no leak.
    setMaxListeners(0, this.#stopping.signal);
    for (let at = 0; at < maxConcurrentSessions; at++) void this.#acceptSessions();
  }

  /** Does not wait for attempts to accept a session: the client cannot abort them once they are on the wire. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#inHand);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #acceptSessions(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        const receiver = await this.#acceptNext(signal);
        this.#outage.works();
        failures = 0;
        if (receiver) await this.#hold(this.#drain(receiver, signal));
      } catch (thrown) {
        if (signal.aborted) return;
        this.#outage.fails(ensureError(thrown));
        await clock.sleep(backoffMs(backoff, failures, random), signal).catch(() => undefined);
        failures += 1;
      }
    }
  }

  async #hold(work: Promise<void>): Promise<void> {
    this.#inHand.add(work);
    await work.finally(() => this.#inHand.delete(work));
  }

  /** undefined: no session came free in time. */
  async #acceptNext(abortSignal: AbortSignal): Promise<ServiceBusSessionReceiver | undefined> {
    const { entityPath, maxAutoLockRenewalMs } = this.#options;
    try {
      return await this.#client.acceptNextSession(entityPath, {
        abortSignal,
        maxAutoLockRenewalDurationInMs: maxAutoLockRenewalMs,
        skipParsingBodyAsJson: true,
      });
    } catch (thrown) {
      if (thrown instanceof ServiceBusError && thrown.code === 'ServiceTimeout') return undefined;
      throw thrown;
    }
  }

  /** Takes one message after the other until the session is idle, lost, or the host stops. */
  async #drain(receiver: ServiceBusSessionReceiver, signal: AbortSignal): Promise<void> {
    const { handler, sessionIdleMs, log } = this.#options;
    const settlements = new Settlements();
    try {
      while (!signal.aborted && !receiver.isClosed) {
        const messages = await receiver.receiveMessages(1, {
          maxWaitTimeInMs: sessionIdleMs,
          abortSignal: signal,
        });
        if (messages.length === 0) return;
        for (const message of messages) await handler.handle(message, receiver, settlements);
      }
    } catch (thrown) {
      if (!signal.aborted) {
        log.debug('The session was lost', {
          session: receiver.sessionId,
          error: ensureError(thrown).message,
        });
      }
    } finally {
      await receiver.close().catch(() => undefined);
    }
  }
}
