import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '../../../../../shared/kernel/secret';
import { timing } from '../../../../../shared/kernel/timing';
import { BulkPacer } from '../../../../../shared/pipeline/intake/bulk-pacer';
import { answerOrigin } from '../../../../../shared/pipeline/intake/events/answer-origin';
import { readEventBody } from '../../../../../shared/pipeline/intake/events/read-cloud-events';
import {
  receiveEventMessage,
  receiveEvents,
} from '../../../../../shared/pipeline/intake/events/receive-events';
import { isSubscriptionDue } from '../../../../../shared/pipeline/intake/lifecycle';
import { subscriptionCursors, writeKept } from '../../../../../shared/pipeline/intake/kept-subscription';
import type { Services } from '../../../../../shared/pipeline/services';
import type { Hint } from '../../../../../shared/queue/messages';
import { makeMemoryCursors } from '../../../../support/memory/memory-cursors';
import { makeRecordingLogger } from '../../../../support/recording-logger';

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
const otherTenant = 'dddddddd-0000-4000-8000-000000000003';
const userId = 'bbbbbbbb-0000-4000-8000-000000000002';
const structured = 'application/cloudevents+json; charset=utf-8';

function setUp(overrides: Partial<Services['settings']> = {}) {
  const hints: Hint[] = [];
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now, sleep: async () => undefined };
  const logger = makeRecordingLogger();
  const services = {
    clock,
    queues: {
      sendHints: async (sent: readonly Hint[]) => {
        hints.push(...sent);
      },
    },
    cursors: makeMemoryCursors(() => now),
    bulkPacer: new BulkPacer(clock),
    quota: { ratePerSecond: () => 16 },
    settings: {
      tenantId,
      clientState: new Secret('the-secret'),
      notificationUrl: 'EventGrid:?x',
      ...overrides,
    },
  } as unknown as Services;
  const follow = async () => undefined;
  return {
    hints,
    logger,
    services,
    pass: (ms: number) => {
      now += ms;
    },
    post: (body: unknown, headers: Readonly<Record<string, string>> = { 'content-type': structured }) =>
      receiveEvents(
        services,
        { logger },
        {
          header: (name) => headers[name] ?? null,
          body: typeof body === 'string' ? body : JSON.stringify(body),
        },
        follow,
      ),
    message: (body: unknown) => receiveEventMessage(services, { logger }, body, follow),
  };
}

/** As https://learn.microsoft.com/azure/event-grid/subscribe-to-graph-api-events shows it. */
const event = (extra: object = {}, data: object = {}) => ({
  specversion: '1.0',
  id: crypto.randomUUID(),
  type: 'Microsoft.Graph.UserUpdated',
  source: `/tenants/${tenantId}/applications/cccccccc-0000-4000-8000-000000000001`,
  subject: `Users/${userId}`,
  time: '2026-01-01T00:00:00Z',
  datacontenttype: 'application/json',
  data: {
    changeType: 'updated',
    clientState: 'the-secret',
    resource: `Users/${userId}`,
    resourceData: { '@odata.type': '#Microsoft.Graph.User', id: userId },
    subscriptionExpirationDateTime: '2026-01-20T00:00:00Z',
    subscriptionId: 's',
    tenantId,
    ...data,
  },
  ...extra,
});
const look = {
  kind: 'look',
  user: { id: userId },
  source: 'notification',
  seenAt: '2026-01-01T00:00:00.000Z',
};

describe('receiveEvents', () => {
  it('takes an event whose subscription ended less than 25 hours ago: Event Grid repeats for 24', async () => {
    const { post, hints, pass } = setUp();
    const late = () => event({}, { subscriptionExpirationDateTime: '2026-01-01T00:00:00Z' });

    pass(24 * 3_600_000);
    await post(late());
    expect(hints).toHaveLength(1);

    pass(3_600_001);
    await post(late());
    expect(hints).toHaveLength(1);
  });

  it('queues a look at the user of a structured event, the one that a notification would queue', async () => {
    const { post, hints } = setUp();

    expect((await post(event())).status).toBe(202);
    expect(hints).toEqual([look]);
  });

  it('takes a batch, and one user once', async () => {
    const { post, hints } = setUp();
    const headers = { 'content-type': 'application/cloudevents-batch+json' };

    expect((await post([event(), event({ type: 'microsoft.graph.userdeleted' })], headers)).status).toBe(202);
    expect(hints).toEqual([look]);
  });

  it('takes a binary event, whose attributes are headers', async () => {
    const { post, hints } = setUp();
    const { data, ...attributes } = event();
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
    );

    const answer = await post(data, { ...headers, 'content-type': 'application/json' });

    expect(answer.status).toBe(202);
    expect(hints).toEqual([look]);
  });

  it('takes the user from the subject where the data names none', async () => {
    const { post, hints } = setUp();

    await post(event({}, { resource: undefined, resourceData: undefined }));

    expect(hints).toEqual([look]);
  });

  it.each([
    ['a wrong client state', {}, { clientState: 'guessed' }],
    ['no client state', {}, { clientState: undefined }],
    ['another tenant', {}, { tenantId: otherTenant }],
    [
      'a source of another tenant',
      { source: `/tenants/${otherTenant}/applications/x` },
      { tenantId: undefined },
    ],
  ])('refuses %s and queues nothing, and takes the rest of a batch', async (_what, extra, data) => {
    const { post, hints, logger, pass } = setUp();
    const forged = event(extra, data);
    const headers = { 'content-type': 'application/cloudevents-batch+json' };

    // 400: Event Grid does not repeat it. https://learn.microsoft.com/azure/event-grid/delivery-and-retry
    expect((await post(forged)).status).toBe(400);
    expect(hints).toEqual([]);
    pass(timing.intake.clientStateReread.ms);
    expect((await post([forged, event()], headers)).status).toBe(202);
    expect(hints).toEqual([{ ...look, seenAt: '2026-01-01T00:00:01.000Z' }]);
    expect(JSON.stringify(logger.lines)).not.toContain('guessed');
  });

  it.each([
    ['no JSON', 'not json', structured],
    ['a notification of Graph’s own call', { value: [event().data] }, 'application/json'],
    ['a number', '1', structured],
    ['an event of another version', event({ specversion: '0.3' }), structured],
    ['an event without an id', event({ id: undefined }), structured],
    ['an event of Event Grid’s own schema', [{ id: '1', eventType: 'x', data: {} }], structured],
  ])('answers 400 to %s', async (_what, body, contentType) => {
    const { post, hints } = setUp();

    expect((await post(body, { 'content-type': contentType })).status).toBe(400);
    expect(hints).toEqual([]);
  });

  it('drops events about something else, counts them by what is wrong, and answers 202', async () => {
    const { post, hints, logger } = setUp();
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const mail = event({ type: 'Microsoft.Graph.MessageCreated' });

    expect((await post([mail, mail, event({ data: 7 }), 5, event()], headers)).status).toBe(202);
    expect(hints).toEqual([look]);
    expect(logger.lines).toContainEqual({
      level: 'warn',
      message: 'Events that are no change of a user or group discarded',
      fields: { otherType: 2, noNotification: 1, noCloudEvent: 1 },
    });
  });

  it('looks once at a user whose event comes again, as after an answer that was lost', async () => {
    const { post, hints } = setUp();
    const once = event();

    await post(once);
    await post(once);
    await post(event());

    expect(hints).toHaveLength(2);
  });

  it('has the subscription seen to when Graph says that its authorization ends', async () => {
    const { post, services, hints, pass } = setUp();
    const row = subscriptionCursors.users;
    await services.cursors.commit(
      row,
      await services.cursors.read(row),
      writeKept({ id: 's', url: 'u', state: '' }),
    );
    pass(1_000);

    const lifecycle = { changeType: undefined, resource: undefined, resourceData: undefined };
    await post(event({ type: 'Microsoft.Graph.SubscriptionReauthorizationRequired' }, lifecycle));

    expect(await isSubscriptionDue(services)).toBe(true);
    expect(hints).toEqual([]);
  });

  it('answers 503 to a client state that another process may have made since the rows were read: Event Grid posts again', async () => {
    const { post, hints, pass } = setUp();
    await post(event());
    const unknown = event({}, { clientState: 'guessed' });

    expect((await post(unknown)).status).toBe(503);
    pass(timing.intake.clientStateReread.ms);
    expect((await post(unknown)).status).toBe(400);
    expect(hints).toHaveLength(1);
  });

  it('answers 503 without a client state', async () => {
    const { post } = setUp({ clientState: null });

    expect((await post(event())).status).toBe(503);
  });
});

describe('receiveEventMessage', () => {
  it.each([
    ['an event', event()],
    ['a list of events', [event()]],
    ['text, as the host leaves what it does not parse', JSON.stringify(event())],
  ])('takes %s', async (_what, body) => {
    const { message, hints } = setUp();

    await message(body);

    expect(hints).toEqual([look]);
  });

  it.each([
    ['what is forged', event({}, { clientState: 'guessed' })],
    ['what is no event', { hello: 1 }],
    ['what is no JSON', 'hello'],
    ['nothing', null],
  ])('is done with %s, queues nothing, and says so', async (_what, body) => {
    const { message, hints, logger } = setUp();

    await message(body);

    expect(hints).toEqual([]);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('gives the message back where the client state may be newer than what was read', async () => {
    const { message, hints, pass } = setUp();
    await message(event());
    const unknown = event({}, { clientState: 'guessed' });

    await expect(message(unknown)).rejects.toMatchObject({ code: 'intake/unknown-state' });
    pass(timing.intake.clientStateReread.ms);
    await message(unknown);
    expect(hints).toHaveLength(1);
  });

  it('gives the message back without a client state', async () => {
    const { message } = setUp({ clientState: null });

    await expect(message(event())).rejects.toMatchObject({ code: 'config/invalid' });
  });
});

describe('readEventBody', () => {
  it('never throws, and loses no item without counting it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.jsonValue(),
            fc.constant(event()),
            fc.jsonValue().map((data) => event({ data })),
          ),
        ),
        (items) => {
          const read = readEventBody(items);
          const odd = [...(read?.odd.values() ?? [])].reduce((sum, count) => sum + count, 0);
          expect(odd + (read?.notifications.length ?? 0)).toBe(items.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('answerOrigin', () => {
  // https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
  it.each(['eventgrid.azure.net', 'eventgrid.azure.us'])('allows %s', (origin) => {
    expect(answerOrigin(origin)).toMatchObject({
      status: 200,
      headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' },
    });
  });

  it.each([null, '', 'evil.example', 'eventgrid.azure.net.evil.example', '*'])('refuses %p', (origin) => {
    expect(answerOrigin(origin)).toEqual({ status: 403, headers: {} });
  });
});
