import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { AmqpAnnotatedMessage } from '@azure/core-amqp';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

const hour = 3_600_000;
const clock = new ManualClock(Date.now());
let bus: Bus;
let receiver: ServiceBusReceiver;
beforeAll(async () => {
  bus = await startBus(
    { fields: {}, hourly: { defaultTimeToLiveMs: hour }, scheduled: {}, large: {}, modified: {} },
    { clock },
  );
  receiver = bus.client.createReceiver('fields', { receiveMode: 'receiveAndDelete' });
});
afterAll(() => bus.stop());

/** Sends one message and gives it back as it is received. */
async function pass(
  message: ServiceBusMessage | AmqpAnnotatedMessage,
  queue = 'fields',
): Promise<ServiceBusReceivedMessage> {
  const from =
    queue === 'fields' ? receiver : bus.client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
  await bus.client.createSender(queue).sendMessages(message);
  const [received] = await from.receiveMessages(1, soon);
  if (!received) throw new Error('No message came');
  return received;
}

describe('the sections of a message', () => {
  it.each([
    { bodyType: 'data', body: 'text' },
    { bodyType: 'value', body: 7 },
    { bodyType: 'sequence', body: [[1, 2]] },
  ] as const)(
    'takes a footer, and gives it back behind a body of kind $bodyType',
    async ({ bodyType, body }) => {
      // rhea writes the footer before the body.
      const received = await pass({ bodyType, body, footer: { checksum: 'c' } });

      expect(received._rawAmqpMessage).toMatchObject({ bodyType, footer: { checksum: 'c' } });
      expect(received.body).toEqual(body);
    },
  );

  it('keeps what the sender says of the first acquirer', async () => {
    const said = await pass({ bodyType: 'data', body: 1, header: { firstAcquirer: false, priority: 7 } });
    const silent = await pass({ body: 1 });

    expect(said._rawAmqpMessage.header).toMatchObject({ firstAcquirer: false, priority: 7 });
    expect(silent._rawAmqpMessage.header?.firstAcquirer).toBeUndefined();
  });
});

describe('time to live', () => {
  it('of a queue shows on a message without one, and limits a longer one', async () => {
    const lives = [
      (await pass({ body: 1 }, 'hourly')).timeToLive,
      (await pass({ body: 1, timeToLive: 2 * hour }, 'hourly')).timeToLive,
      (await pass({ body: 1, timeToLive: 60_000 }, 'hourly')).timeToLive,
    ];

    expect(lives).toEqual([hour, hour, 60_000]);
  });

  it('is without end where neither the message nor the queue says', async () => {
    const received = await pass({ body: 1 });

    expect(received.timeToLive).toBeUndefined();
  });
});

describe('the state of a scheduled message', () => {
  it('is scheduled while it waits and when it has come, and active when its time had passed', async () => {
    const peeker = bus.client.createReceiver('scheduled');
    const sender = bus.client.createSender('scheduled');
    await sender.scheduleMessages({ body: 'later' }, new Date(clock.now() + hour));
    await sender.sendMessages({ body: 'past', scheduledEnqueueTimeUtc: new Date(clock.now() - hour) });

    const [waiting] = await peeker.peekMessages(1);
    const past = await peeker.receiveMessages(1, soon);
    for (const message of past) await peeker.completeMessage(message);
    clock.advance(hour);
    await until(() => bus.counters().queues['scheduled']?.scheduledNow === 0, 'it is due');
    const came = await peeker.receiveMessages(1, soon);
    for (const message of came) await peeker.completeMessage(message);

    expect(waiting?.state).toBe('scheduled');
    expect(past.map(({ body, state }) => ({ body: body as unknown, state }))).toEqual([
      { body: 'past', state: 'active' },
    ]);
    expect(came.map(({ body, state }) => ({ body: body as unknown, state }))).toEqual([
      { body: 'later', state: 'scheduled' },
    ]);
  });
});

describe('properties', () => {
  const text = (bytes: number) => 'x'.repeat(bytes);

  it.each([
    ['one of more than 32 kB', { a: text(33_000) }],
    ['together more than 64 kB', { a: text(22_000), b: text(22_000), c: text(22_000) }],
  ])('%s are refused, and the message with them', async (_what, applicationProperties) => {
    const impatient = bus.connect({ retryOptions: { maxRetries: 0, timeoutInMs: 15_000 } });

    await expect(
      impatient.createSender('large').sendMessages({ body: 1, applicationProperties }),
    ).rejects.toThrow(/unable to process the request/);
    expect(bus.counters().queues['large']?.sent).toBe(0);
  });

  it('just below are taken', async () => {
    const applicationProperties = { a: text(32_000), b: text(32_000) };

    expect((await pass({ body: 1, applicationProperties })).applicationProperties).toEqual(
      applicationProperties,
    );
  });

  it('that a receiver sets are held to the same', async () => {
    await bus.client.createSender('modified').sendMessages({ body: 1 });
    const from = bus
      .connect({ retryOptions: { maxRetries: 0, timeoutInMs: 15_000 } })
      .createReceiver('modified');
    const [message] = await from.receiveMessages(1, soon);
    if (!message) throw new Error('No message came');

    await expect(from.abandonMessage(message, { note: text(33_000) })).rejects.toThrow(/unable to process/);
    expect(bus.counters().queues['modified']).toMatchObject({ abandoned: 0, locked: 1 });
  });
});
