/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
// https://learn.microsoft.com/graph/change-notifications-lifecycle-events
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { add, startEmbeddedGraph, testNow } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';
import { until } from '../../../emulator-kit/test/support/until';

/** An endpoint that answers the handshake and keeps what it is told. */
class Endpoint {
  readonly got: Json[] = [];
  posts = 0;
  status = 202;
  /** Runs while a delivery waits for its answer. */
  onDelivery: () => void = () => undefined;
  handshake: 'right' | 'wrong' | 'html' = 'right';
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const token = new URL(request.url ?? '/', 'http://x').searchParams.get('validationToken');
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        if (token !== null) {
          response.writeHead(200, { 'content-type': this.handshake === 'html' ? 'text/html' : 'text/plain' });
          response.end(this.handshake === 'wrong' ? 'no' : token);
          return;
        }
        this.posts += 1;
        this.got.push(...JSON.parse(text).value);
        this.onDelivery();
        response.writeHead(this.status).end();
      });
    });
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook?keep=me`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

let graph: EmbeddedGraph;
let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = new Endpoint();
  await endpoint.start();
});
afterAll(() => endpoint.stop());
beforeEach(async () => {
  graph = await startEmbeddedGraph();
  Object.assign(endpoint, { status: 202, handshake: 'right', posts: 0, onDelivery: () => undefined });
  endpoint.got.length = 0;
});
afterEach(() => graph.stop());

const wish = (change: Record<string, unknown> = {}) => ({
  changeType: 'updated,deleted',
  resource: 'users',
  notificationUrl: endpoint.url,
  clientState: 'only-we-know',
  expirationDateTime: new Date(testNow + 86_400_000).toISOString(),
  ...change,
});
const subscribe = (change?: Record<string, unknown>) => graph.call('POST', '/subscriptions', wish(change));
const pass = (ms = 1_000) => graph.engine.clock.advance(ms);
const arrived = (count: number) => until(() => endpoint.got.length >= count);

describe('subscriptions', () => {
  it('are made after the handshake, shown without clientState, renewed, reauthorized and deleted', async () => {
    const made = await subscribe();
    const { id } = made.body;
    const renewed = await graph.call('PATCH', `/subscriptions/${id}`, {
      expirationDateTime: new Date(testNow + 2 * 86_400_000).toISOString(),
    });

    expect([made.status, made.body.clientState]).toEqual([201, null]);
    expect((await graph.call('GET', '/subscriptions')).body.value).toHaveLength(1);
    expect(renewed.body.expirationDateTime).toBe('2026-05-06T08:00:00.000Z');
    expect((await graph.call('POST', `/subscriptions/${id}/reauthorize`)).status).toBe(204);
    expect((await graph.call('DELETE', `/subscriptions/${id}`)).status).toBe(204);
    expect((await graph.call('GET', `/subscriptions/${id}`)).status).toBe(404);
  });

  it.each(['wrong', 'html'] as const)('are refused when the handshake is %s', async (handshake) => {
    endpoint.handshake = handshake;

    const { status, body } = await subscribe();

    expect([status, body.error.code]).toEqual([400, 'ValidationError']);
    expect((await graph.call('GET', '/subscriptions')).body.value).toEqual([]);
  });

  it.each([
    ['more than 41,760 minutes', { expirationDateTime: new Date(testNow + 41_761 * 60_000).toISOString() }],
    ['an end in the past', { expirationDateTime: new Date(testNow - 1).toISOString() }],
    ['an address elsewhere', { notificationUrl: 'https://example.com/hook' }],
    ['an unknown resource', { resource: 'devices' }],
    ['an unknown change type', { changeType: 'renamed' }],
    ['resource data', { includeResourceData: true }],
    ['a clientState of 129 characters', { clientState: 'x'.repeat(129) }],
    ['no resource', { resource: undefined }],
  ])('are refused for %s', async (_name, change) => {
    expect((await subscribe(change)).status).toBe(400);
  });

  it('are one a resource and change types for an application: 409 names the one that is there', async () => {
    const first = await subscribe();
    const again = await subscribe({
      notificationUrl: `${endpoint.url}&other`,
      changeType: 'deleted,updated',
    });
    const others = [await subscribe({ changeType: 'updated' }), await subscribe({ resource: 'groups' })];

    expect([again.status, others.map(({ status }) => status)]).toEqual([409, [201, 201]]);
    expect(again.body.error.message).toContain(`Subscription Id ${first.body.id} already exists`);
    await graph.call('DELETE', `/subscriptions/${first.body.id}`);
    expect((await subscribe()).status).toBe(201);
  });

  it('move to another address, which is asked first', async () => {
    const { body } = await subscribe();
    const notificationUrl = `${endpoint.url}&moved`;
    endpoint.handshake = 'wrong';
    const refused = await graph.call('PATCH', `/subscriptions/${body.id}`, { notificationUrl });
    endpoint.handshake = 'right';
    const moved = await graph.call('PATCH', `/subscriptions/${body.id}`, { notificationUrl });

    expect([refused.status, moved.status]).toEqual([400, 200]);
    expect(moved.body).toMatchObject({ notificationUrl, expirationDateTime: body.expirationDateTime });
  });

  it('take no $top', async () => {
    expect((await graph.call('GET', '/subscriptions?$top=5')).status).toBe(400);
  });

  it.each([
    ['users', ['User.Read.All'], 201],
    ['users', ['User.ReadWrite.All'], 403],
    ['users', ['Group.Read.All'], 403],
    ['groups', ['Group.Read.All'], 201],
    ['groups', ['User.Read.All'], 403],
  ])('on %s with %j answer %d', async (resource, roles, status) => {
    const authorization = `Bearer ${await graph.tokenWith(roles)}`;

    const reply = await graph.call('POST', '/subscriptions', wish({ resource }), { authorization });

    expect(reply.status).toBe(status);
  });

  it('live 45 minutes at least', async () => {
    const { body } = await subscribe({ expirationDateTime: new Date(testNow + 60_000).toISOString() });

    expect(body.expirationDateTime).toBe('2026-05-04T08:45:00.000Z');
  });

  it('are limited to 100 per application and tenant', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 101; count += 1) {
      const resource = `users/00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
      statuses.push((await subscribe({ resource })).status);
    }

    expect(statuses.slice(99)).toEqual([201, 403]);
  });

  it('end, and then nothing is sent', async () => {
    await subscribe();
    pass(86_400_001);
    graph.newUser();
    pass();

    expect((await graph.call('GET', '/subscriptions')).body.value).toEqual([]);
    expect(graph.subscriptions.notifier.counters.sent).toBe(0);
  });

  it('cannot get a lifecycle address later', async () => {
    const { body } = await subscribe();

    const reply = await graph.call('PATCH', `/subscriptions/${body.id}`, {
      lifecycleNotificationUrl: endpoint.url,
    });

    expect(reply.status).toBe(400);
  });
});

describe('notifications', () => {
  it('say updated for creation, change and soft deletion, deleted for the permanent one', async () => {
    await subscribe();
    const id = graph.newUser();
    pass();
    await arrived(1);
    await graph.call('DELETE', `/users/${id}`);
    await graph.call('DELETE', `/directory/deletedItems/${id}`);
    pass();
    await arrived(3);

    expect(endpoint.got.map(({ changeType }) => changeType)).toEqual(['updated', 'updated', 'deleted']);
    expect(endpoint.got[0]).toMatchObject({
      clientState: 'only-we-know',
      tenantId: graph.engine.tenant.facts.tenantId,
      resource: `Users/${id}`,
      resourceData: { '@odata.type': '#Microsoft.Graph.User', id },
    });
  });

  it('never come as created', async () => {
    await subscribe({ changeType: 'created' });
    graph.newUser();
    pass();

    expect(graph.subscriptions.notifier.counters.sent).toBe(0);
  });

  it('come again for our own write, later', async () => {
    const id = graph.newUser();
    await subscribe({ resource: `users/${id}` });

    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    pass(5_000);
    await arrived(2);

    expect(endpoint.got).toHaveLength(2);
  });

  it('tell of groups and their members', async () => {
    const group = graph.engine.tenant.groupOrder[0]?.id ?? '';
    await subscribe({ resource: `groups/${group}/members` });
    graph.newUser({}, { memberOf: [group] });
    pass();
    await arrived(1);

    expect(endpoint.got[0].resource).toBe(`Groups/${group}`);
  });

  it('many share a POST', async () => {
    await subscribe();
    for (let count = 0; count < 50; count += 1) graph.newUser();
    pass();
    await arrived(50);

    expect(endpoint.posts).toBeLessThan(50);
  });

  it('take their time', async () => {
    await graph.local('POST', '/faults', { notificationLatencyMs: { min: 5_000, max: 5_000 } });
    await subscribe();
    graph.newUser();

    pass(4_900);
    await new Promise((resolve) => setImmediate(resolve));
    const early = endpoint.got.length;
    pass(1_000);
    await arrived(1);

    expect(early).toBe(0);
  });

  it.each([
    ['duplicateNotificationRate', 2],
    ['lostNotificationRate', 0],
  ])('with %s 1 each arrives %i times', async (name, times) => {
    await graph.local('POST', '/faults', { [name]: 1 });
    await subscribe();
    graph.newUser();
    pass(3_000);
    await arrived(times);

    expect(endpoint.got).toHaveLength(times);
  });

  it('are sent again until they are answered with 2xx', async () => {
    endpoint.status = 503;
    await subscribe();
    graph.newUser();
    pass();
    await arrived(1);
    await until(() => graph.subscriptions.notifier.counters.retried === 1);
    endpoint.status = 202;
    pass(2_000);
    await arrived(2);
    await until(() => graph.subscriptions.notifier.counters.delivered === 1);

    expect(endpoint.got[0].id).toBe(endpoint.got[1].id);
  });

  it('are given up after four hours', async () => {
    endpoint.status = 500;
    await subscribe();
    graph.newUser();
    for (let hour = 0; hour < 60 && graph.subscriptions.notifier.counters.expired === 0; hour += 1) {
      const { retried } = graph.subscriptions.notifier.counters;
      pass(10 * 60_000);
      await until(() => {
        const { counters } = graph.subscriptions.notifier;
        return counters.retried > retried || counters.expired > 0;
      });
    }

    expect(graph.subscriptions.notifier.counters).toMatchObject({ expired: 1, delivered: 0 });
  });

  it('are lost while the endpoint is in the drop state, for over 15 % slow answers', async () => {
    await graph.local('POST', '/faults', { notificationSampleMinimum: 1, notificationTimeoutMs: 3_000 });
    await subscribe();
    endpoint.onDelivery = () => graph.engine.clock.advance(3_000);
    graph.newUser();
    pass();
    await until(() => graph.subscriptions.notifier.counters.delivered === 1);
    endpoint.onDelivery = () => undefined;
    graph.newUser();
    pass();
    const lost = graph.subscriptions.notifier.counters.lost;
    pass(11 * 60_000);
    graph.newUser();
    pass();
    await arrived(2);

    expect(lost).toBe(1);
  });
});

describe('lifecycle notifications', () => {
  it('ask for reauthorization ahead of the end of the authorization', async () => {
    await subscribe({ lifecycleNotificationUrl: endpoint.url });

    pass(45 * 60_000);
    pass();
    await arrived(1);

    expect(endpoint.got[0]).toMatchObject({
      lifecycleEvent: 'reauthorizationRequired',
      clientState: 'only-we-know',
    });
  });

  it('without a renewal nothing is delivered, and nothing is lost when it comes in time', async () => {
    const { body } = await subscribe({ lifecycleNotificationUrl: endpoint.url });
    await graph.local('POST', '/subscriptions/reauthorization', { afterMs: 0 });
    pass();
    await arrived(1);
    const id = graph.newUser();
    pass(60_000);
    await until(() => graph.subscriptions.notifier.counters.retried > 0);
    const before = endpoint.got.length;

    await graph.call('POST', `/subscriptions/${body.id}/reauthorize`);
    pass(20 * 60_000);
    await arrived(2);

    expect(before).toBe(1);
    expect(endpoint.got[1].resourceData.id).toBe(id);
  });
});
