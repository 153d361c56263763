import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
  latestEventPosition,
} from '@azure/event-hubs';
import type {
  EventHubConsumerClientOptions,
  EventPosition,
  ReceivedEventData,
  SubscribeOptions,
} from '@azure/event-hubs';
import { startServiceBus } from '../../src/server';
import type { RunningServiceBus } from '../../src/server';
import { parseConfig } from '../../src/config';
import { until } from '../support/bus';

const options: EventHubConsumerClientOptions = { retryOptions: { maxRetries: 0, timeoutInMs: 10_000 } };
const config = parseConfig({
  UserConfig: {
    Namespaces: [{ Name: 'sbemulatorns', Queues: [{ Name: 'queue' }] }],
    NamespaceConfig: [
      {
        Type: 'EventHub',
        Name: 'sbemulatorns',
        Entities: ['log', 'keys', 'places', 'epochs', 'empty'].map((Name) => ({
          Name,
          PartitionCount: '2',
          ConsumerGroups: [{ Name: 'readers' }],
        })),
      },
    ],
  },
});

/** Everything with the client of Microsoft's, over AMQP. */
describe('an event hub', () => {
  let bus: RunningServiceBus;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    bus = await startServiceBus({ port: 0, managementPort: 0, config });
  });
  afterAll(async () => {
    await Promise.all(open.map((client) => client.close()));
    await bus?.stop();
  });

  const keep = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    open.push(client);
    return client;
  };
  const producer = (hub: string) =>
    keep(new EventHubProducerClient(bus.connectionString, hub, { retryOptions: { maxRetries: 0 } }));
  const consumer = (hub: string, group = 'readers') =>
    keep(new EventHubConsumerClient(group, bus.connectionString, hub, options));
  /** Reads a partition until it is told to stop; errors by their codes. */
  const follow = (hub: string, partition: string, position: EventPosition, more: SubscribeOptions = {}) => {
    const events: ReceivedEventData[] = [];
    const errors: string[] = [];
    const subscription = consumer(hub).subscribe(
      partition,
      {
        processEvents: async (batch) => {
          events.push(...batch);
        },
        processError: async (error) => {
          errors.push(String((error as { code?: string }).code));
        },
      },
      { startPosition: position, ...more },
    );
    return { events, errors, subscription };
  };
  const bodies = (events: readonly ReceivedEventData[]) => events.map(({ body }) => body as unknown);

  it('says its name, its partitions, and what is in them', async () => {
    const client = producer('empty');
    const before = await client.getPartitionProperties('1');
    const began = Date.now();
    await client.sendBatch([{ body: 'a' }, { body: 'b' }], { partitionId: '1' });

    expect(await client.getEventHubProperties()).toMatchObject({ name: 'empty', partitionIds: ['0', '1'] });
    expect(before).toMatchObject({ isEmpty: true, lastEnqueuedSequenceNumber: -1 });
    expect(await client.getPartitionProperties('1')).toMatchObject({
      eventHubName: 'empty',
      partitionId: '1',
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: 1,
      isEmpty: false,
    });
    const { lastEnqueuedOnUtc } = await client.getPartitionProperties('1');
    expect(lastEnqueuedOnUtc.getTime()).toBeGreaterThanOrEqual(began);
    expect(before.lastEnqueuedOnUtc.getTime()).toBeLessThan(0);
    expect(await producer('EMPTY').getEventHubProperties()).toMatchObject({ name: 'empty' });
    await expect(client.getPartitionProperties('9')).rejects.toMatchObject({
      message: expect.stringContaining('no partition "9"'),
    });
  });

  it('gives events in their order, with number, offset, time and what the sender wrote', async () => {
    const began = Date.now();
    const batch = await producer('log').createBatch({ partitionId: '0' });
    for (const number of [1, 2, 3])
      expect(
        batch.tryAdd({ body: { number }, contentType: 'application/json', properties: { of: number } }),
      ).toBe(true);
    await producer('log').sendBatch(batch);
    const { events } = follow('log', '0', earliestEventPosition);
    await until(() => events.length === 3, 'three events');

    expect(bodies(events)).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
    expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 1, 2]);
    expect(events.map(({ properties }) => properties)).toEqual([{ of: 1 }, { of: 2 }, { of: 3 }]);
    expect(events[0]).toMatchObject({ contentType: 'application/json', offset: expect.any(String) });
    expect(events[0]?.enqueuedTimeUtc.getTime()).toBeGreaterThanOrEqual(began);
  });

  it('goes on as events come, for each reader from its own place', async () => {
    const client = producer('places');
    await client.sendBatch([{ body: 'one' }, { body: 'two' }], { partitionId: '0' });
    const fromStart = follow('places', '0', earliestEventPosition);
    await until(() => fromStart.events.length === 2, 'both events');
    const [first] = fromStart.events;
    const { offset = '', sequenceNumber = -1 } = first ?? {};
    const readers = {
      afterOffset: follow('places', '0', { offset }),
      atOffset: follow('places', '0', { offset, isInclusive: true }),
      afterNumber: follow('places', '0', { sequenceNumber }),
      sinceLongAgo: follow('places', '0', { enqueuedOn: new Date(0) }),
      // A place in a hub of before, which a restart has forgotten.
      behindTheEnd: follow('places', '0', { sequenceNumber: 1_000 }),
    };
    await until(
      () =>
        Object.values(readers)
          .map(({ events }) => events.length)
          .join() === '1,2,1,2,2',
      'every reader has what is there',
    );
    const latest = follow('places', '0', latestEventPosition);
    // A reader of the latest is there once its link is: it shows by an event that only it has asked for.
    await until(async () => {
      await client.sendBatch([{ body: 'new' }], { partitionId: '0' });
      return latest.events.length > 0;
    }, 'the latest');

    expect(new Set(bodies(latest.events))).toEqual(new Set(['new']));
    expect(bodies(readers.afterNumber.events).slice(0, 2)).toEqual(['two', 'new']);
    expect(bodies(readers.behindTheEnd.events).slice(0, 2)).toEqual(['one', 'two']);
  });

  it('keeps the events of a key in one partition, and takes turns without a key', async () => {
    const client = producer('keys');
    for (let turn = 0; turn < 4; turn++) {
      await client.sendBatch([{ body: `keyed ${turn}` }], { partitionKey: 'nora' });
      await client.sendBatch([{ body: `any ${turn}` }]);
    }
    const readers = ['0', '1'].map((partition) => follow('keys', partition, earliestEventPosition));
    const all = () => readers.flatMap(({ events }) => events);
    await until(() => all().length === 8, 'eight events');
    const counts = (prefix: string) =>
      readers
        .map(({ events }) => bodies(events).filter((body) => String(body).startsWith(prefix)).length)
        .sort();

    expect(counts('keyed')).toEqual([0, 4]);
    expect(counts('any')).toEqual([2, 2]);
    expect(new Set(all().map(({ partitionKey }) => partitionKey))).toEqual(new Set(['nora', undefined]));
  });

  it('ends a reader when one with a higher epoch comes, and refuses one with a lower', async () => {
    const first = follow('epochs', '0', earliestEventPosition, { ownerLevel: 1 });
    await producer('epochs').sendBatch([{ body: 'x' }], { partitionId: '0' });
    await until(() => first.events.length === 1, 'the first reader reads');
    const second = follow('epochs', '0', earliestEventPosition, { ownerLevel: 2 });
    await until(() => first.errors.length > 0 && second.events.length === 1, 'the second has taken over');
    const third = follow('epochs', '0', earliestEventPosition, { ownerLevel: 0 });
    const fourth = follow('epochs', '0', earliestEventPosition);
    await until(() => third.errors.length > 0 && fourth.errors.length > 0, 'the others are refused');

    expect(new Set([...first.errors, ...third.errors, ...fourth.errors])).toEqual(
      new Set(['ReceiverDisconnectedError']),
    );
    expect(second.errors).toEqual([]);
  });

  it('refuses what is not there', async () => {
    await expect(producer('nowhere').getEventHubProperties()).rejects.toMatchObject({
      code: 'MessagingEntityNotFoundError',
    });
    const stranger = keep(new EventHubConsumerClient('strangers', bus.connectionString, 'log', options));
    const errors: string[] = [];
    stranger.subscribe('0', {
      processEvents: async () => undefined,
      processError: async (error) => void errors.push(error.message),
    });
    await until(() => errors.length > 0, 'the group is refused');

    expect(errors[0]).toContain('no consumer group "strangers"');
    await expect(producer('log').sendBatch([{ body: 'x' }], { partitionId: '7' })).rejects.toThrow(
      'no partition "7"',
    );
  });
});

it('a file with a queue and an event hub of one name is refused', () => {
  const entities = { Type: 'EventHub', Name: 'n', Entities: [{ Name: 'Log' }] };
  const both = {
    UserConfig: { Namespaces: [{ Name: 'n', Queues: [{ Name: 'log' }] }], NamespaceConfig: [entities] },
  };

  expect(() => parseConfig(both)).toThrow('The entities "log" and "Log" have one name');
});
