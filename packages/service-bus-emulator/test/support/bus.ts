import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusClientOptions } from '@azure/service-bus';
import type { ServiceBusConfig } from '../../src/config';
import { defaultQueueSettings } from '../../src/engine/settings';
import type { QueueSettings } from '../../src/engine/settings';
import { startServiceBus } from '../../src/server';
import type { RunningServiceBus, ServiceBusOptions } from '../../src/server';

/**
 * One failure must not cost the client's default of three retries, 30 s apart. The time-out is a bound for a machine
 * that is busy; nothing waits for it where an answer comes.
 */
export const clientOptions: ServiceBusClientOptions = {
  retryOptions: { maxRetries: 1, retryDelayInMs: 50, timeoutInMs: 15_000 },
};

export type Bus = RunningServiceBus & {
  readonly client: ServiceBusClient;
  /** Another client, with its own connection. */
  readonly connect: (options?: ServiceBusClientOptions) => ServiceBusClient;
};

/** A broker with these queues on free ports, and a real client. */
export async function startBus(
  queues: Readonly<Record<string, Partial<QueueSettings>>>,
  options: Partial<ServiceBusOptions> = {},
): Promise<Bus> {
  const config: ServiceBusConfig = {
    namespace: 'sbemulatorns',
    queues: Object.entries(queues).map(([name, settings]) => ({
      name,
      settings: { ...defaultQueueSettings, ...settings },
    })),
    topics: [],
  };
  const running = await startServiceBus({ port: 0, managementPort: 0, config, ...options });
  const clients: ServiceBusClient[] = [];
  const connect = (clientOptionsOfTest = clientOptions) => {
    const client = new ServiceBusClient(running.connectionString, clientOptionsOfTest);
    clients.push(client);
    return client;
  };
  const client = connect();
  const stop = async () => {
    await Promise.all(clients.map((open) => open.close()));
    await running.stop();
  };
  return { ...running, client, connect, stop };
}

/** How long to wait for a message that must come: a bound, not a pause. */
export const soon = { maxWaitTimeInMs: 60_000 };

/** Waits for something to become true; there is no other way to wait in these tests. Time itself is moved by a ManualClock. */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
