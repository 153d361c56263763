import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../shared/kernel/secret';
import { BulkPacer } from '../../../../shared/pipeline/intake/bulk-pacer';
import type { Services } from '../../../../shared/pipeline/services';
import { receiveNotification } from '../../../../shared/pipeline/intake/receive-notification';
import type { Hint } from '../../../../shared/queue/messages';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makeRecordingLogger } from '../../../support/recording-logger';

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
const userId = 'bbbbbbbb-0000-4000-8000-000000000002';

function setUp(overrides: Partial<Services['settings']> = {}) {
  const hints: Hint[] = [];
  const groupCalls = { count: 0, sending: Promise.resolve() as Promise<unknown> };
  const logger = makeRecordingLogger();
  const cursors = makeMemoryCursors(() => Date.UTC(2026, 0, 1));
  const pipeline = {
    clock: { now: () => Date.UTC(2026, 0, 1), sleep: async () => undefined },
    queues: {
      sendHints: async (sent: readonly Hint[]) => {
        hints.push(...sent);
      },
    },
    cursors,
    bulkPacer: new BulkPacer({ now: () => Date.UTC(2026, 0, 1), sleep: async () => undefined }),
    quota: { ratePerSecond: () => 16 },
    settings: { tenantId, clientState: new Secret('the-secret'), ...overrides },
  } as unknown as Services;
  const receive = (body: unknown, validationToken: string | null = null) =>
    receiveNotification(
      pipeline,
      { logger },
      {
        validationToken,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      },
      async () => {
        groupCalls.count++;
        await groupCalls.sending;
      },
    );
  return { hints, groupCalls, logger, cursors, receive };
}

const notification = (extra: object = {}) => ({
  subscriptionId: 's',
  clientState: 'the-secret',
  changeType: 'updated',
  tenantId,
  resource: `Users/${userId}`,
  resourceData: { '@odata.type': '#Microsoft.Graph.User', id: userId },
  ...extra,
});

const followed = { link: 'x', policies: [], roots: [userId], nestedAt: 1, deleted: [] };

describe('receiveNotification', () => {
  // https://learn.microsoft.com/graph/change-notifications-delivery-webhooks: validation
  it('answers the handshake with the token as plain text', async () => {
    const { receive } = setUp();

    const answer = await receive('', 'Validation: Testing <b>&amp; 1+1');

    expect(answer).toEqual({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: 'Validation: Testing <b>&amp; 1+1',
    });
  });

  it('answers Graph although having groups followed hangs: their timer finds the change', async () => {
    const { receive, groupCalls, cursors } = setUp();
    await cursors.commit('groups-delta', await cursors.read('groups-delta'), JSON.stringify(followed));
    groupCalls.sending = new Promise(() => undefined);

    const answer = await receive({ value: [notification({ resource: `Groups/${userId}` })] });

    expect([answer.status, groupCalls.count]).toEqual([202, 1]);
  });

  it('queues one hint per user, however many notifications speak of them', async () => {
    const { receive, hints } = setUp();

    const answer = await receive({ value: [notification(), notification({ changeType: 'deleted' })] });

    expect(answer.status).toBe(202);
    expect(hints).toEqual([
      { kind: 'look', user: { id: userId }, source: 'notification', seenAt: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  it('marks more than 50 users at once as a crowd', async () => {
    const { receive, hints } = setUp();
    const many = Array.from({ length: 51 }, (_, index) => {
      const id = `cccccccc-0000-4000-8000-0000000000${String(index).padStart(2, '0')}`;
      return notification({ resource: `Users/${id}`, resourceData: { id } });
    });

    await receive({ value: many });

    expect(hints).toHaveLength(51);
    expect(hints.every((hint) => hint.crowd === true)).toBe(true);
  });

  it.each([
    ['a wrong clientState', { clientState: 'guessed' }],
    ['no clientState', { clientState: undefined }],
    ['another tenant', { tenantId: 'dddddddd-0000-4000-8000-000000000003' }],
  ])('discards and logs %s, and takes the rest of the call', async (_what, extra) => {
    const { receive, hints, logger } = setUp();

    const answer = await receive({ value: [notification(extra), notification()] });

    expect(answer.status).toBe(202);
    expect(hints).toHaveLength(1);
    expect(logger.lines).toContainEqual({
      level: 'warn',
      message: 'Notifications with a wrong clientState or tenant discarded',
      fields: { discarded: 1 },
    });
    expect(JSON.stringify(logger.lines)).not.toContain('guessed');
  });

  it.each([
    ['no JSON', 'not json'],
    ['no body', ''],
    ['another shape', { values: [] }],
    ['a value that is no list', { value: 'x' }],
    ['a list of numbers', { value: [1] }],
  ])('answers 400 to %s and queues nothing', async (_what, body) => {
    const { receive, hints } = setUp();

    const answer = await receive(body);

    expect(answer.status).toBe(400);
    expect(hints).toEqual([]);
  });

  it.each([
    ['about a group', { resource: 'Groups/x', resourceData: { id: userId } }],
    [
      'a lifecycle event',
      { lifecycleEvent: 'reauthorizationRequired', resource: undefined, resourceData: undefined },
    ],
    ['an id that is none', { resource: 'Users/me', resourceData: { id: 'me' } }],
  ])('takes %s without a hint', async (_what, extra) => {
    const { receive, hints } = setUp();

    expect((await receive({ value: [notification(extra)] })).status).toBe(202);
    expect(hints).toEqual([]);
  });

  it('has groups followed once for all groups of a call, and only for those that are followed', async () => {
    const { receive, hints, groupCalls, cursors } = setUp();
    const about = (id: string) => notification({ resource: `Groups/${id}`, resourceData: { id } });
    const other = 'eeeeeeee-0000-4000-8000-000000000004';
    await cursors.commit('groups-delta', await cursors.read('groups-delta'), JSON.stringify(followed));

    await receive({ value: [about(other)] });
    expect(groupCalls.count).toBe(0);
    await receive({ value: [about(other), about(userId), about(userId)] });

    expect(groupCalls.count).toBe(1);
    expect(hints).toEqual([]);
  });

  it('reads the id from the resource when resourceData is missing', async () => {
    const { receive, hints } = setUp();

    await receive({
      value: [notification({ resource: `users('${userId.toUpperCase()}')`, resourceData: undefined })],
    });

    expect(hints.map((hint) => hint.user.id)).toEqual([userId]);
  });

  it('refuses with 503 while no clientState is configured, so that Graph sends again', async () => {
    const { receive, hints } = setUp({ clientState: null });

    expect((await receive({ value: [notification()] })).status).toBe(503);
    expect(hints).toEqual([]);
  });
});
