// https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
// https://learn.microsoft.com/graph/change-notifications-lifecycle-events
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startEmbeddedGraph, testNow } from '../support/embedded-graph';
import type { EmbeddedGraph } from '../support/embedded-graph';
import { useEndpoint, wishOf } from '../support/endpoint';

const endpoint = useEndpoint();
let graph: EmbeddedGraph;
beforeEach(async () => {
  graph = await startEmbeddedGraph();
});
afterEach(() => graph.stop());

const subscribe = (change?: Record<string, unknown>) =>
  graph.call('POST', '/subscriptions', wishOf(endpoint, change));
const pass = (ms = 1_000) => graph.engine.clock.advance(ms);

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

  it('are refused when the endpoint is too slow for the handshake', async () => {
    await graph.local('POST', '/faults', { handshakeTimeoutMs: 100 });
    endpoint.handshake = 'late';

    const { status, body } = await subscribe();

    expect([status, body.error.message]).toEqual([400, 'Subscription validation request timed out.']);
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

    const reply = await graph.call('POST', '/subscriptions', wishOf(endpoint, { resource }), {
      authorization,
    });

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
