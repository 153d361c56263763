import type { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import Long from 'long';
import { oneClient } from '../../support/one-client';
import { makeServiceBusQueueInspector } from '../../../shared/queue/service-bus-queue-inspector';
import { queueStatus } from '../../../shared/ops/queues/queue-status';

type Message = {
  sequenceNumber: Long;
  state: 'active' | 'scheduled';
  enqueuedTimeUtc: Date;
  scheduledEnqueueTimeUtc?: Date;
  messageId: string;
};

const messages = (from: number, count: number, state: Message['state']): Message[] =>
  Array.from({ length: count }, (_, index) => ({
    sequenceNumber: Long.fromNumber(from + index),
    state,
    enqueuedTimeUtc: new Date(1_000),
    messageId: String(from + index),
  }));

/**
 * A client that peeks as the SDK does: without a number it goes on behind what was peeked last in this entity,
 * whichever receiver did it (core/managementClient.js, `_lastPeekedSequenceNumber`).
 */
function makeClient(stored: readonly Message[]) {
  let last = Long.ZERO;
  let pages = 0;
  const asked: number[] = [];
  const receiver = {
    peekMessages: async (count: number, options: { fromSequenceNumber?: Long } = {}) => {
      pages++;
      asked.push(count);
      const from = options.fromSequenceNumber ?? last.add(1);
      const page = stored.filter(({ sequenceNumber }) => sequenceNumber.gte(from)).slice(0, count);
      last = page.at(-1)?.sequenceNumber ?? last;
      return page;
    },
    close: async () => undefined,
  };
  return {
    client: { createReceiver: () => receiver } as unknown as ServiceBusClient,
    pages: () => pages,
    asked,
  };
}

/** Whose short way to the counts gets no answer. */
const administration = (counts: () => Promise<unknown>) =>
  ({
    getQueueRuntimeProperties: counts,
    pipeline: {
      clone: () => ({
        removePolicy: () => [],
        sendRequest: async () => ({ status: 404 }),
      }),
    },
  }) as unknown as ServiceBusAdministrationClient;
const noCounts = administration(async () => ({}));

describe('a queue inspector', () => {
  it('sees the same at every look', async () => {
    const { client } = makeClient(messages(1, 3, 'active'));
    const inspector = makeServiceBusQueueInspector(noCounts, oneClient(client));
    const look = async () => [
      await inspector.oldestActiveAt('directory-changes'),
      (await inspector.deadLetters('directory-changes', 2_000)).length,
      (await inspector.peek('directory-changes', 2, { deadLetters: false }))?.length,
    ];

    expect([await look(), await look(), await look()]).toEqual([
      [1_000, 3, 2],
      [1_000, 3, 2],
      [1_000, 3, 2],
    ]);
  });

  it('finds the oldest active message behind thousands of scheduled ones, and begins there the next time', async () => {
    const { client, pages } = makeClient([
      ...messages(1, 2_005, 'scheduled'),
      ...messages(3_000, 100, 'active'),
    ]);
    const inspector = makeServiceBusQueueInspector(noCounts, oneClient(client));

    expect(await inspector.oldestActiveAt('license-changes')).toBe(1_000);
    const first = pages();
    expect(await inspector.oldestActiveAt('license-changes')).toBe(1_000);

    expect([first > 10, pages() - first]).toEqual([true, 1]);
  });

  it.each([
    [[undefined, undefined], null],
    [['MaxDeliveryCountExceeded', undefined], 'MaxDeliveryCountExceeded'],
    [[undefined, 'It was tried ten times'], 'It was tried ten times'],
    [['Unreadable', 'No JSON'], 'Unreadable: No JSON'],
  ])('shows why a message is dead, of what the broker says (%j)', async ([reason, description], expected) => {
    const dead = messages(1, 1, 'active').map((message) => ({
      ...message,
      ...(reason === undefined ? {} : { deadLetterReason: reason }),
      ...(description === undefined ? {} : { deadLetterErrorDescription: description }),
    }));
    const inspector = makeServiceBusQueueInspector(noCounts, oneClient(makeClient(dead).client));

    const peeked = await inspector.peek('directory-changes', 5, { deadLetters: true });

    expect(peeked).toMatchObject([{ state: 'deadLettered', deadLetterReason: expected }]);
  });

  it('shows a message of which the broker says next to nothing', async () => {
    const receiver = {
      peekMessages: async () => [{ state: 'active', body: 'x' }],
      close: async () => undefined,
    };
    const client = { createReceiver: () => receiver } as unknown as ServiceBusClient;
    const inspector = makeServiceBusQueueInspector(noCounts, oneClient(client));

    expect(await inspector.peek('directory-changes', 5, { deadLetters: false })).toEqual([
      {
        ...{ sequenceNumber: '', messageId: '', state: 'active', sessionId: null, deliveryCount: 0 },
        ...{ enqueuedAt: null, body: 'x', deadLetterReason: null },
      },
    ]);
    expect(await inspector.deadLetters('directory-changes', 5)).toMatchObject([
      { sequenceNumber: '', messageId: '', reason: '', description: '', deliveryCount: 0, enqueuedAt: null },
    ]);
  });

  it('asks the broker for no more messages than are wanted', async () => {
    const { client, asked } = makeClient(messages(1, 3, 'active'));
    const inspector = makeServiceBusQueueInspector(noCounts, oneClient(client));

    expect(await inspector.peek('directory-changes', 1, { deadLetters: false })).toHaveLength(1);
    expect(asked).toEqual([1]);
  });

  it('takes a message that was scheduled and has come for one that waits for a handler', async () => {
    // The service may say "scheduled" of it still; its time of entry tells the two apart.
    const times = (enqueued: number, scheduled: number) => ({
      enqueuedTimeUtc: new Date(enqueued),
      scheduledEnqueueTimeUtc: new Date(scheduled),
    });
    const [waits] = messages(1, 1, 'scheduled');
    const [came] = messages(2, 1, 'scheduled');
    if (!waits || !came) throw new Error('Two messages');
    const { client } = makeClient([
      { ...waits, ...times(1_000, 9_000) },
      { ...came, ...times(5_000, 5_000) },
    ]);
    const inspector = makeServiceBusQueueInspector(noCounts, oneClient(client));

    const peeked = await inspector.peek('directory-changes', 5, { deadLetters: false });

    expect(await inspector.oldestActiveAt('directory-changes')).toBe(5_000);
    expect(peeked?.map(({ state, enqueuedAt }) => [state, enqueuedAt])).toEqual([
      ['scheduled', 9_000],
      ['active', 5_000],
    ]);
  });

  it('says so when it did not get that far, and goes on with the next look', async () => {
    const { client } = makeClient([...messages(1, 1_000, 'scheduled'), ...messages(3_000, 1, 'active')]);
    let now = 0;
    // Each message takes 100 ms to look at.
    const clock = { now: () => (now += 100), sleep: async () => undefined };
    const inspector = makeServiceBusQueueInspector(noCounts, oneClient(client), clock);
    const found = [];
    for (let look = 0; look < 20 && found.at(-1) !== 1_000; look++) {
      found.push(await inspector.oldestActiveAt('license-changes'));
    }

    expect(found[0]).toBe('unknown');
    expect(found.at(-1)).toBe(1_000);
  });
});

describe('the status of a queue', () => {
  const clock = { now: () => 61_000, sleep: async () => undefined };

  it('has ages and a reason where counting is refused', async () => {
    const { client } = makeClient(messages(1, 2, 'active'));
    const refused = administration(() =>
      Promise.reject(Object.assign(new Error('Manage'), { statusCode: 401 })),
    );
    const [queue] = await queueStatus(makeServiceBusQueueInspector(refused, oneClient(client)), clock);

    expect(queue).toEqual({
      queue: 'directory-changes',
      exists: true,
      active: null,
      scheduled: null,
      deadLettered: null,
      oldestAgeMs: 60_000,
      missing: expect.stringContaining('Manage'),
    });
  });
});
