import { afterEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../shared/kernel/clock';
import { systemClock } from '../../../shared/kernel/clock';
import { Secret } from '../../../shared/kernel/secret';
import type { OutgoingEvent } from '../../../shared/observe/event-sink';
import { makeOutgoingWebhook } from '../../../shared/observe/outgoing-webhook';
import type { OutgoingWebhook, WebhookOptions } from '../../../shared/observe/outgoing-webhook';
import { postOnce } from '../../../shared/observe/post-once';
import { ManualClock } from '../../support/manual-clock';
import { makeRecordingLogger } from '../../support/recording-logger';
import { startScriptedGraph } from '../../support/scripted-graph';
import type { ScriptedGraph, SeenRequest } from '../../support/scripted-graph';
import { waitUntil } from '../../support/wait-until';

/** Time that passes `speed` times as fast: minutes between calls, without minutes of test. */
function fastClock(speed: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}

const open: (ScriptedGraph | OutgoingWebhook)[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function startReceiver(status = 204): Promise<ScriptedGraph> {
  const receiver = await startScriptedGraph();
  receiver.script = () => ({ status });
  open.push(receiver);
  return receiver;
}

function makeWebhook(url: string, options: Partial<WebhookOptions> = {}) {
  const logger = makeRecordingLogger();
  let deliveries = 0;
  const defaults: WebhookOptions = {
    url: new Secret(url),
    secret: null,
    tenantId: 'tenant-1',
    clock: fastClock(600),
    random: () => 0.5,
    newId: () => `delivery-${++deliveries}`,
    logger,
  };
  // A getter stays one.
  const given = Object.getOwnPropertyDescriptors(options) as PropertyDescriptorMap;
  const webhook = makeOutgoingWebhook(Object.defineProperties(defaults, given));
  open.push(webhook);
  return { webhook, logger };
}

const blocked = (subject: string): OutgoingEvent => ({
  event: 'blocked',
  subject,
  reason: { code: 'graph/conflict', text: 'Plans exclude each other' },
});
const paused: OutgoingEvent = {
  event: 'paused',
  subject: 'apply',
  reason: { code: 'paused/permission', text: 'Insufficient privileges' },
};
const bodies = (receiver: ScriptedGraph) => receiver.seen.map(({ body }) => body as Record<string, unknown>);
const counted = (receiver: ScriptedGraph) =>
  bodies(receiver).reduce((sum, { count }) => sum + (count as number), 0);

describe('postOnce', () => {
  it.each([
    ['seconds', '40', 40_000],
    ['a date', 'Thu, 01 Jan 2026 00:00:40 GMT', 40_000],
    ['a date that has passed', 'Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['nothing that can be read', 'soon', undefined],
  ])('reads a Retry-After of %s', async (_what, header, expected) => {
    const receiver = await startReceiver();
    receiver.script = () => ({ status: 503, headers: { 'retry-after': header } });
    const clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));

    const { signal } = new AbortController();
    const answer = await postOnce(receiver.origin, {
      headers: {},
      body: '',
      timeoutMs: 20_000,
      signal,
      clock,
    });

    expect(answer).toEqual({
      kind: 'failed',
      problem: 'status 503',
      ...(expected === undefined ? {} : { retryAfterMs: expected }),
    });
  });
});

describe('the outgoing webhook', () => {
  it('posts what happened, at once, unsigned without a secret', async () => {
    const receiver = await startReceiver();
    const { webhook } = makeWebhook(`${receiver.origin}/hook?code=TOPSECRET`);

    webhook.emit(paused);
    await waitUntil('a call', async () => receiver.seen.length === 1);

    const [call] = receiver.seen as [SeenRequest];
    expect(call).toMatchObject({ method: 'POST', url: '/hook?code=TOPSECRET' });
    expect(call.body).toEqual({
      v: 1,
      event: 'paused',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      tenantId: 'tenant-1',
      subject: 'apply',
      reason: { code: 'paused/permission', text: 'Insufficient privileges' },
      count: 1,
    });
    expect(call.headers['content-type']).toBe('application/json');
    expect(call.headers).not.toHaveProperty('x-licenser-signature');
  });

  it('signs the body’s bytes with the secret', async () => {
    const receiver = await startReceiver();
    const { webhook } = makeWebhook(receiver.origin, { secret: new Secret('a-shared-secret!') });

    webhook.emit({ ...paused, reason: { code: 'x', text: 'Köln – „so“' } });
    await waitUntil('a call', async () => receiver.seen.length === 1);

    const [call] = receiver.seen as [SeenRequest];
    const mac = createHmac('sha256', 'a-shared-secret!').update(JSON.stringify(call.body)).digest('hex');
    expect(call.headers['x-licenser-signature']).toBe(`sha256=${mac}`);
  });

  it('makes a call a minute of ten thousand blocked users, and counts every one', async () => {
    const receiver = await startReceiver();
    const { webhook } = makeWebhook(receiver.origin);

    for (let user = 0; user < 10_000; user++) webhook.emit(blocked(`user-${user}`));
    webhook.emit(paused);
    await waitUntil('all are told', async () => counted(receiver) === 10_001);

    expect(receiver.seen.length).toBeLessThanOrEqual(3);
    const last = bodies(receiver).filter(({ event }) => event === 'blocked');
    expect(last.at(-1)).toMatchObject({ subject: 'user-9999' });
  });

  it('keeps kinds apart, and pauses by their scope', async () => {
    const receiver = await startReceiver();
    const { webhook } = makeWebhook(receiver.origin);

    webhook.emit(paused);
    webhook.emit({ ...paused, subject: 'intake' });
    webhook.emit(blocked('a'));
    webhook.emit({ ...blocked('b'), reason: { code: 'graph/dependency', text: '' } });
    await waitUntil('four calls', async () => receiver.seen.length === 4);

    expect(bodies(receiver).map(({ count }) => count)).toEqual([1, 1, 1, 1]);
  });

  it('tries again after 500 and 429, under the same delivery id', async () => {
    const receiver = await startReceiver();
    const answers = [500, 429, 200];
    receiver.script = () => ({ status: answers.shift() ?? 200, headers: { 'retry-after': '1' } });
    const { webhook, logger } = makeWebhook(receiver.origin);

    webhook.emit(paused);
    await waitUntil('three calls', async () => receiver.seen.length === 3);

    expect(new Set(receiver.seen.map(({ headers }) => headers['x-licenser-delivery'])).size).toBe(1);
    expect(logger.lines).toEqual([]);
  });

  it.each([
    ['answers 500 every time', 500, 6],
    ['answers 404', 404, 1],
    ['redirects elsewhere', 302, 1],
  ])('gives up on one that %s, and says so without its address', async (_what, status, calls) => {
    const receiver = await startReceiver();
    receiver.script = () => ({ status, headers: { location: `${receiver.origin}/elsewhere` } });
    const { webhook, logger } = makeWebhook(`${receiver.origin}/TOPSECRET`, {
      secret: new Secret('a-shared-secret!'),
    });

    webhook.emit(paused);
    await waitUntil('it is given up', async () => logger.lines.length === 1);

    expect(receiver.seen).toHaveLength(calls);
    expect(logger.lines[0]).toMatchObject({ level: 'warn', fields: { problem: `status ${status}` } });
    const log = JSON.stringify(logger.lines);
    expect(log).not.toMatch(/TOPSECRET|127\.0\.0\.1|shared-secret/);
  });

  it('gives up on a server that hangs, keeps no caller waiting, and tells the rest', async () => {
    const receiver = await startReceiver();
    let hanging = true;
    receiver.script = () => (hanging ? 'hang' : { status: 200 });
    // The webhook keeps the figure it was made with: it must leave room for an answer on a slow machine, too.
    const { webhook, logger } = makeWebhook(receiver.origin, { timeoutMs: 1_000 });

    webhook.emit(paused);
    for (let user = 0; user < 1_000; user++) webhook.emit(blocked(`user-${user}`));
    expect(receiver.seen).toEqual([]);
    await waitUntil('the first is given up', async () => logger.lines.length > 0);
    hanging = false;
    await waitUntil('the rest is told', async () => counted(receiver) >= 1_000 + 6);

    expect(logger.lines[0]).toMatchObject({ fields: { event: 'paused', problem: 'TimeoutError' } });
  });

  it('survives a server that refuses connections, or resets them', async () => {
    const unused = createServer();
    await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve));
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    const refusing = makeWebhook(`http://127.0.0.1:${port}/TOPSECRET`);
    const receiver = await startReceiver();
    receiver.script = () => 'reset';
    const resetting = makeWebhook(receiver.origin);

    refusing.webhook.emit(paused);
    resetting.webhook.emit(paused);
    await waitUntil('both are given up', async () =>
      [refusing, resetting].every(({ logger }) => logger.lines.length === 1),
    );

    expect(refusing.logger.lines[0]).toMatchObject({ fields: { problem: 'ECONNREFUSED', attempts: 6 } });
    expect(JSON.stringify(refusing.logger.lines)).not.toContain(String(port));
  });

  it('sends what waits when it is closed, and does not wait for a server that hangs', async () => {
    const receiver = await startReceiver();
    const { webhook } = makeWebhook(receiver.origin, { clock: systemClock });
    webhook.emit(blocked('a'));
    await waitUntil('a call', async () => receiver.seen.length === 1);
    webhook.emit(blocked('b'));

    await webhook.close();

    expect(bodies(receiver).map(({ subject }) => subject)).toEqual(['a', 'b']);
    receiver.script = () => 'hang';
    const stuck = makeWebhook(receiver.origin, { clock: systemClock, timeoutMs: 120_000 });
    stuck.webhook.emit(paused);
    await waitUntil('it hangs', async () => receiver.seen.length === 3);
    // Half of what its call would hang for.
    const before = Date.now();
    await stuck.webhook.close(100);
    expect(Date.now() - before).toBeLessThan(60_000);
  });
});
