import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';
import { subscriptionCursor } from '../../shared/pipeline/intake/kept-subscription';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

let test: TestCloud;
beforeAll(async () => {
  // Its timer that renews the subscription never fires.
  test = await leaseTestCloud('delta');
});
afterAll(async () => {
  const { body } = (await test?.graph('GET', '/subscriptions')) ?? { body: {} };
  for (const { id } of (body['value'] ?? []) as { id: string }[]) {
    await test.graph('DELETE', `/subscriptions/${id}`);
  }
  await test?.stop();
});

const renewedAt = async () => (await test.stores.cursors.read(subscriptionCursor)).updatedAt ?? 0;

it('a subscription whose authorization ends is renewed when Graph says so, without its timer', async () => {
  expect(await test.runFunction('graph-subscription')).toBe(202);
  await waitUntil('the app has subscribed', async () => (await renewedAt()) > 0);
  const before = await renewedAt();

  const answer = await fetch(`${test.cloud.file.graph.origin}/_local/subscriptions/reauthorization`, {
    method: 'POST',
    headers: controlHeaders(test.cloud.file.graph),
    body: JSON.stringify({ afterMs: 60_000 }),
  });

  // Of users, and of groups, which the sample policy names.
  expect([1, 2]).toContain(((await answer.json()) as { subscriptions: number }).subscriptions);
  await waitUntil('it is renewed', async () => (await renewedAt()) > before);
  expect(test.exits).toEqual([]);
});
