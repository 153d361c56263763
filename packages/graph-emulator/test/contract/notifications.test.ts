/* eslint-disable @typescript-eslint/no-unsafe-return --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
// https://learn.microsoft.com/graph/change-notifications-lifecycle-events
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { add, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph } from '../support/embedded-graph';
import { until } from '../../../emulator-kit/test/support/until';
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
const arrived = (count: number) => until(() => endpoint.got.length >= count);

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
