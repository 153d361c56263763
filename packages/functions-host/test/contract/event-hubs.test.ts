import { EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  masterKey,
  readJournal,
  startHostProcess,
  startServiceBusProcess,
  startTablesProcess,
  waitFor,
} from '../support/host-process';
import type { HostProcess, JournalEntry, ServiceBusProcess, TablesProcess } from '../support/host-process';

type Event = { readonly id: string; readonly failOnce?: boolean; readonly fail?: boolean };

describe('a function of an event hub in the local host', () => {
  let broker: ServiceBusProcess;
  let tables: TablesProcess;
  let host: HostProcess;
  const producers: EventHubProducerClient[] = [];

  const startHubHost = () =>
    startHostProcess({
      FIXTURE_PARTS: 'hubs',
      EventHubConnection: broker.connectionString,
      AzureWebJobsStorage: tables.connectionString,
      PATIENT_HUB: 'patient',
    });
  beforeAll(async () => {
    [broker, tables] = await Promise.all([startServiceBusProcess(), startTablesProcess()]);
    host = await startHubHost();
  });
  afterAll(async () => {
    await Promise.all(producers.map((producer) => producer.close()));
    await host?.process.stop();
    await broker?.process.stop();
    await tables?.stop();
  });

  const send = async (hub: string, ...events: readonly Event[]) => {
    const producer = new EventHubProducerClient(broker.connectionString, hub);
    producers.push(producer);
    const bodies = events.map((event) => ({ body: Buffer.from(JSON.stringify(event)) }));
    await producer.sendBatch(bodies, { partitionId: '0' });
  };
  const runsWith = async (id: string, from = host) =>
    (await readJournal(from)).filter(({ events }) => events?.some((event) => (event as Event).id === id));
  const isDone = ({ done }: JournalEntry, id: string) => Array.isArray(done) && done.includes(id);
  const whenDone = (id: string, from = () => host) =>
    waitFor(`${id} to be done`, async () => (await readJournal(from())).find((entry) => isDone(entry, id)));

  it('gets events in batches, as what their JSON says, with what the hub says of them', async () => {
    await send('patient', { id: 'a' }, { id: 'b' });
    await whenDone('b');

    const [run] = await runsWith('b');
    expect(run?.events).toContainEqual({ id: 'b' });
    expect(run?.metadata).toMatchObject({
      partitionContext: { partitionId: '0', eventHubName: 'patient', consumerGroup: 'readers' },
      sequenceNumberArray: expect.arrayContaining([1]),
      enqueuedTimeUtcArray: expect.arrayContaining([expect.stringMatching(/^\d{4}-.*Z$/)]),
    });
  });

  it('gets the same events again by its retry policy, before what came behind them', async () => {
    await send('patient', { id: 'odd', failOnce: true });
    await send('patient', { id: 'behind' });
    await whenDone('behind');

    const runs = await runsWith('odd');
    expect(runs.map(({ retry }) => retry)).toMatchObject([
      { retryCount: 0, maxRetryCount: -1 },
      { retryCount: 1, maxRetryCount: -1 },
    ]);
    expect(runs[1]?.events).toEqual(runs[0]?.events);
    await whenDone('odd');
  });

  it('loses a batch that fails when it has no retry policy, and goes on behind it', async () => {
    await send('hasty', { id: 'gone', fail: true });
    await waitFor('the first run', async () => ((await runsWith('gone')).length > 0 ? true : undefined));
    await send('hasty', { id: 'next' });
    await whenDone('next');

    expect(await runsWith('gone')).toHaveLength(1);
  });

  it('runs by hand with the master key', async () => {
    const { status } = await fetch(`${host.origin}/admin/functions/hasty`, {
      method: 'POST',
      headers: { 'x-functions-key': masterKey, 'content-type': 'application/json' },
      body: JSON.stringify({ input: '{"id":"by hand"}' }),
    });

    expect(status).toBe(202);
    await whenDone('by hand');
  });

  it('goes on in another host where the one before it has stopped', async () => {
    await send('patient', { id: 'before' });
    await whenDone('before');
    await host.process.stop();
    await send('patient', { id: 'after' });
    host = await startHubHost();
    await whenDone('after');

    expect(await runsWith('before')).toEqual([]);
  });
});
