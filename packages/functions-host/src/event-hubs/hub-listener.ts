import type { PartitionContext, ReceivedEventData, Subscription } from '@azure/event-hubs';
import type { Clock } from '../../../emulator-kit/src/clock';
import { ensureError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import type { RegisteredFunction } from '../app/function-registry';
import type { EventHubTrigger } from '../app/trigger';
import type { EntityListener, HandRun } from '../entity-listener';
import { invokeWithRetries } from '../invoke-with-retries';
import type { Invoker } from '../invoker';
import { OutageLog } from '../service-bus/outage-log';
import { toEventsInput, toEventsMetadata } from './event-data';
import type { CheckpointTable } from './checkpoint-table';

export type HubListenerOptions = {
  readonly function: RegisteredFunction;
  readonly trigger: EventHubTrigger;
  readonly connectionString: string;
  readonly checkpoints: CheckpointTable;
  readonly invoker: Invoker;
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxEventBatchSize: number;
  readonly startsAt: 'fromStart' | 'fromEnd';
};

/** Shorter than Azure's 10 s and 60 s: another local host takes the partitions of a killed one soon. */
const loadBalancingOptions = {
  strategy: 'greedy',
  updateIntervalInMs: 1_000,
  partitionOwnershipExpirationIntervalInMs: 6_000,
} as const;
/** No retries: the client's own loop goes on for good. */
const retryOptions = { maxRetries: 0, retryDelayInMs: 300, maxRetryDelayInMs: 1_000, timeoutInMs: 10_000 };
const beforeRestartMs = 1_000;

/**
 * Reads an event hub, and runs the function with the events of one partition in batches, one after the other. The place in a
 * partition moves on when the function has finished, or when its retries are through: without a retry policy a batch that
 * fails is gone (https://learn.microsoft.com/azure/azure-functions/functions-reliable-event-processing).
 */
export class HubListener implements EntityListener, HandRun {
  readonly #options: HubListenerOptions;
  readonly #outage: OutageLog;
  readonly #stopping = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
  #client: { close(): Promise<void> } | undefined;
  #subscription: Subscription | undefined;

  constructor(options: HubListenerOptions) {
    this.#options = options;
    this.#outage = new OutageLog(options.log, 'The event hub');
  }

  start(): void {
    void this.#begin();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#subscription?.close().catch(() => undefined), ...this.#inHand]);
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  async runByHand(body: string): Promise<void> {
    const { invoker, trigger } = this.#options;
    const input = toEventsInput([{ body }], trigger.binary);
    await invoker.invoke({ function: this.#options.function, bindingName: trigger.bindingName, input });
  }

  /** Until the table of the places is there. */
  async #begin(): Promise<void> {
    const { clock, checkpoints } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await checkpoints.prepare();
        await this.#subscribe();
        return;
      } catch (thrown) {
        this.#outage.fails(ensureError(thrown));
        await clock.sleep(beforeRestartMs, signal).catch(() => undefined);
      }
    }
  }

  async #subscribe(): Promise<void> {
    const { trigger, connectionString, checkpoints, maxEventBatchSize, startsAt } = this.#options;
    // Loaded when it is needed: most apps have no such trigger.
    const hubs = await import('@azure/event-hubs');
    if (this.#stopping.signal.aborted) return;
    const { consumerGroup, hub } = trigger;
    const client = new hubs.EventHubConsumerClient(consumerGroup, connectionString, hub, checkpoints, {
      loadBalancingOptions,
      retryOptions,
    });
    this.#client = client;
    this.#subscription = client.subscribe(
      {
        processEvents: (events, context) => this.#hold(this.#process(events, context)),
        processInitialize: async () => this.#outage.works(),
        processError: async (error) => {
          if (!this.#stopping.signal.aborted) this.#outage.fails(error);
        },
      },
      {
        maxBatchSize: maxEventBatchSize,
        startPosition: startsAt === 'fromStart' ? hubs.earliestEventPosition : hubs.latestEventPosition,
        skipParsingBodyAsJson: true,
      },
    );
  }

  async #hold(work: Promise<void>): Promise<void> {
    this.#inHand.add(work);
    await work.finally(() => this.#inHand.delete(work));
  }

  async #process(events: readonly ReceivedEventData[], context: PartitionContext): Promise<void> {
    const last = events.at(-1);
    if (last === undefined || this.#stopping.signal.aborted) return;
    const { invoker, clock, trigger } = this.#options;
    const ended = await invokeWithRetries(
      {
        function: this.#options.function,
        bindingName: trigger.bindingName,
        input: toEventsInput(events, trigger.binary),
        triggerMetadata: toEventsMetadata(events, context),
      },
      { invoker, clock, stopping: this.#stopping.signal },
    );
    if (ended !== 'stopped') await context.updateCheckpoint(last);
  }
}
