import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';
import { subscriptionCursors } from '../../shared/pipeline/intake/kept-subscription';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

let test: TestCloud;
beforeAll(async () => {
  // Its timer that renews the subscription never fires.
  test = await leaseTestCloud('delta');
});
afterAll(async () => {
  if (test === undefined) return;
  try {
    // The round that has renewed the subscription of users goes on to that of groups, and would make it again.
    await waitUntil('the app is through with both', async () => {
      const [said, users, groups] = await Promise.all(
        ['graph-lifecycle', subscriptionCursors.users, subscriptionCursors.groups].map((row) =>
          test.stores.cursors.read(row),
        ),
      );
      const at = (row: typeof said) => row?.updatedAt ?? 0;
      return at(users) > at(said) && at(groups) >= at(users);
    });
    const { body } = await test.graph('GET', '/subscriptions');
    for (const { id } of body['value'] as { id: string }[])
      await test.graph('DELETE', `/subscriptions/${id}`);
  } finally {
    await test.stop();
  }
});

const renewedAt = async () => (await test.stores.cursors.read(subscriptionCursors.users)).updatedAt ?? 0;

it('a subscription whose authorization ends is renewed when Graph says so, without its timer', async () => {
  // A row may be of an earlier file that used this cloud.
  const earlier = await renewedAt();
  expect(await test.runFunction('graph-subscription')).toBe(202);
  await waitUntil('the app has subscribed, and noted it', async () => {
    const { body } = await test.graph('GET', '/subscriptions');
    const resources = (body['value'] as { resource: string }[]).map(({ resource }) => resource);
    return resources.includes('users') && (await renewedAt()) > earlier;
  });
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
