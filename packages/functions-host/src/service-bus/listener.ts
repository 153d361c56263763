import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../emulator-kit/src/clock';
import { ensureError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import type { Random } from '../../../emulator-kit/src/random';
import { backoffMs } from '../../../emulator-kit/src/backoff';
import type { EntityListener } from '../entity-listener';
import { openBroker, orLost } from './broker-connection';
import type { BrokerConnection } from './broker-connection';
import type { MessageHandler } from './message-handler';
import { OutageLog } from './outage-log';

export type ListenerOptions = {
  readonly connectionString: string;
  readonly entityPath: string;
  readonly handler: MessageHandler;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Milliseconds, counted from the arrival of a message or the accepting of a session. */
  readonly maxAutoLockRenewalMs: number;
};

const backoff = { firstMs: 150, maxMs: 800 };

/** Listens to one queue or subscription over one connection after the other, until it is stopped. */
export abstract class Listener implements EntityListener {
  protected readonly stopping = new AbortController();
  readonly #options: ListenerOptions;
  readonly #outage: OutageLog;
  readonly #inHand = new Set<Promise<void>>();
  #broker: BrokerConnection | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#outage = new OutageLog(options.log);
    setMaxListeners(0, this.stopping.signal);
  }

  start(): void {
    void this.#run();
  }

  /** Takes no further messages; resolves when those in hand are settled. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.#inHand);
  }

  /** Cuts the connection. */
  async close(): Promise<void> {
    await this.#broker?.client.close();
  }

  /** Takes messages until the connection is lost or the listener stops. */
  protected abstract listen(broker: BrokerConnection): Promise<void>;

  /** `stop` waits for this work. */
  protected async hold(work: Promise<void>): Promise<void> {
    this.#inHand.add(work);
    await work.finally(() => this.#inHand.delete(work));
  }

  /** Called on every sign that the broker cannot be used; says so once. */
  protected fails(thrown: unknown): void {
    this.#outage.fails(ensureError(thrown));
  }

  async #run(): Promise<void> {
    const { connectionString, entityPath, clock, random } = this.#options;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const broker = openBroker(connectionString);
      this.#broker = broker;
      setMaxListeners(0, broker.lost);
      try {
        const probe = broker.client.createReceiver(entityPath);
        await orLost(probe.peekMessages(1), broker.lost);
        this.#outage.works();
        failures = 0;
        await this.listen(broker);
      } catch (thrown) {
        if (!signal.aborted) this.fails(thrown);
      }
      if (signal.aborted) return;
      // In the background: closing a client whose connection is gone may take its time.
      broker.client.close().catch(() => undefined);
      await clock.sleep(backoffMs(backoff, failures, random), signal).catch(() => undefined);
    }
  }
}
