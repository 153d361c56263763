import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusMessage } from '@azure/service-bus';
import Long from 'long';
import { readJournal, startHostProcess, startServiceBusProcess, waitFor } from './host-process';
import type { HostProcess, JournalEntry, ServiceBusProcess } from './host-process';

/** What a message of these tests asks its function to do. */
export type Order = { id: string; failUntil?: number; waitMs?: number; waitOnce?: boolean };

/** A broker with a plain queue and one with sessions, a host whose functions take them, and a client of Microsoft's. */
export type OrderWorld = {
  readonly broker: ServiceBusProcess;
  readonly host: HostProcess;
  readonly client: ServiceBusClient;
  /** One more host on the same queues. */
  startQueueHost(): Promise<HostProcess>;
  send(queue: string, ...messages: ServiceBusMessage[]): Promise<void>;
  runsOf(id: string, from?: HostProcess): Promise<JournalEntry[]>;
  whenDone(...ids: string[]): Promise<true>;
  /** Ids of the orders that are still in the queue, in whatever state. */
  ordersIn(queue: string): Promise<(string | undefined)[]>;
  /** A function records its end before the host settles the message. */
  whenSettled(queue: string, ...ids: string[]): Promise<true>;
  stop(): Promise<void>;
};

export const toMessage = (order: Order, more: Partial<ServiceBusMessage> = {}): ServiceBusMessage => ({
  body: { v: 1, order },
  messageId: `message-${order.id}`,
  ...more,
});

export const orderOf = (entry: JournalEntry) => (entry.body as { order?: Order } | undefined)?.order;

export async function startOrderWorld(): Promise<OrderWorld> {
  const broker = await startServiceBusProcess();
  const client = new ServiceBusClient(broker.connectionString, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 100, timeoutInMs: 15_000 },
  });
  const startQueueHost = () =>
    startHostProcess({
      FIXTURE_PARTS: 'queues',
      ServiceBusConnection: broker.connectionString,
      PLAIN_QUEUE: 'plain',
      SESSION_QUEUE: 'lanes',
    });
  const host = await startQueueHost().catch(async (error: unknown) => {
    await broker.process.stop();
    throw error;
  });
  const ordersIn = async (queue: string) => {
    const receiver = client.createReceiver(queue);
    // Without a number a client goes on behind the last message that it has seen.
    const messages = await receiver.peekMessages(100, { fromSequenceNumber: Long.ZERO });
    await receiver.close();
    return messages.map(({ body }) => (body as { order?: Order }).order?.id);
  };
  return {
    broker,
    host,
    client,
    startQueueHost,
    send: async (queue, ...messages) => {
      const sender = client.createSender(queue);
      await sender.sendMessages(messages);
      await sender.close();
    },
    runsOf: async (id, from = host) => (await readJournal(from)).filter((entry) => orderOf(entry)?.id === id),
    whenDone: (...ids) =>
      waitFor(`${ids.join(', ')} to be done`, async () => {
        const journal = await readJournal(host);
        const done = journal.flatMap((entry) => (entry.done === undefined ? [] : [entry.done]));
        return ids.every((id) => done.includes(id)) || undefined;
      }),
    ordersIn,
    whenSettled: (queue, ...ids) =>
      waitFor(`${ids.join(', ')} to be settled`, async () => {
        const left = await ordersIn(queue);
        return !ids.some((id) => left.includes(id)) || undefined;
      }),
    stop: async () => {
      await client.close();
      await host.process.stop();
      await broker.process.stop();
    },
  };
}
