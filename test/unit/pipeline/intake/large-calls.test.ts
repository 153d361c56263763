import { describe, expect, it } from '@jest/globals';
import type { HttpRequest, InvocationContext } from '@azure/functions';
import { Secret } from '../../../../shared/kernel/secret';
import { BulkPacer } from '../../../../shared/pipeline/intake/bulk-pacer';
import type { Services } from '../../../../shared/pipeline/services';
import { makeNotificationTrigger } from '../../../../shared/triggers/notification-trigger';
import { ManualClock } from '../../../support/manual-clock';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
const megabyte = 1_048_576;
const idOf = (number: number) => `bbbbbbbb-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** The webhook, whose queue takes its time: a send ends when all that can be under way are. */
function makeWebhook() {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const sends: number[] = [];
  const queued = new Set<string>();
  const under = { way: 0, most: 0 };
  const services = {
    clock,
    cursors: makeMemoryCursors(() => clock.now()),
    queues: {
      sendHints: async (hints: readonly { user: { id: string } }[]) => {
        under.most = Math.max(under.most, ++under.way);
        await new Promise(setImmediate);
        under.way--;
        sends.push(hints.length);
        for (const { user } of hints) queued.add(user.id);
      },
    },
    bulkPacer: new BulkPacer(clock),
    quota: { ratePerSecond: () => 16 },
    settings: { tenantId, clientState: new Secret('the-secret-of-the-app') },
  } as unknown as Services;
  const handle = makeNotificationTrigger(
    async () => services,
    async () => undefined,
  );
  const ignore = () => undefined;
  const context = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const post = async (body: string | ReadableStream, headers: Record<string, string> = {}) => {
    const options = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
    const request = new Request('https://app/api/graph-notification', options);
    const asked = Object.assign(request, { query: new URL(request.url).searchParams });
    const answer = await handle(asked as unknown as HttpRequest, context as unknown as InvocationContext);
    return answer.status;
  };
  return { post, sends, queued, under, clock };
}

const notification = (number: number) => ({
  ...{ subscriptionId: 's', clientState: 'the-secret-of-the-app', changeType: 'updated', tenantId },
  resource: `Users/${idOf(number)}`,
  resourceData: { id: idOf(number) },
});
const bodyOf = (users: number) =>
  JSON.stringify({ value: Array.from({ length: users }, (_, number) => notification(number)) });
/** A genuine call of exactly so many bytes. */
const padded = (bytes: number) => bodyOf(1).padEnd(bytes, ' ');
const chunked = (text: string) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < text.length; at += 65_536) {
        controller.enqueue(Buffer.from(text.slice(at, at + 65_536)));
      }
      controller.close();
    },
  });

describe('a call that tells of many users', () => {
  it.each<[users: number, sends: number, atOnce: number]>([
    [1, 1, 1],
    [50, 1, 1],
    [51, 1, 1],
    [100, 1, 1],
    [101, 2, 2],
    [1_000, 10, 10],
    [3_000, 30, 30],
    [3_800, 38, 32],
  ])('of %d users takes %d sends, %d of them at the same time', async (users, sends, atOnce) => {
    const webhook = makeWebhook();
    const body = bodyOf(users);
    expect(body.length).toBeLessThan(megabyte);

    expect(await webhook.post(body)).toBe(202);

    expect(webhook.queued.size).toBe(users);
    expect([webhook.sends.length, webhook.under.most]).toEqual([sends, atOnce]);
    // Nothing was waited for: what is scheduled for later is sent now.
    expect(webhook.clock.now()).toBe(Date.UTC(2026, 0, 1));
  });
});

describe('the notifications of a call', () => {
  const short = { clientState: 'the-secret-of-the-app', resourceData: { id: idOf(1) } };
  const call = (count: number) => JSON.stringify({ value: Array.from({ length: count }, () => short) });

  it.each([
    [10_000, 202],
    [10_001, 400],
  ])('are %d: answered %d', async (count, status) => {
    const webhook = makeWebhook();
    expect(call(count).length).toBeLessThan(megabyte);

    expect(await webhook.post(call(count))).toBe(status);

    expect(webhook.queued.size).toBe(status === 202 ? 1 : 0);
  });
});

describe('a body', () => {
  it.each<[string, () => string | ReadableStream, Record<string, string>, number]>([
    ['of 1 MB', () => padded(megabyte), {}, 202],
    ['of a byte more', () => padded(megabyte + 1), {}, 413],
    ['of 20 MB', () => padded(20 * megabyte), {}, 413],
    ['of 1 MB in chunks', () => chunked(padded(megabyte)), {}, 202],
    ['of a byte more in chunks', () => chunked(padded(megabyte + 1)), {}, 413],
    ['whose header says 63 MB', () => padded(100), { 'content-length': String(63 * megabyte) }, 413],
    [
      'of 2 MB whose header says 10 bytes',
      () => chunked(padded(2 * megabyte)),
      { 'content-length': '10' },
      413,
    ],
  ])('%s', async (_what, body, headers, status) => {
    const webhook = makeWebhook();

    expect(await webhook.post(body(), headers)).toBe(status);

    expect(webhook.queued.size).toBe(status === 202 ? 1 : 0);
  });
});
