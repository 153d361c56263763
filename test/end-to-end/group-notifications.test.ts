import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import { rotateClientState } from '../../shared/pipeline/intake/client-state';
import { readRounds } from '../../shared/pipeline/intake/delta-round';
import { subscriptionCursors } from '../../shared/pipeline/intake/kept-subscription';
import { joiner, waitUntilEngineer } from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

/** No rule of the sample policy is about this department; `engineers` names SG-Engineering. */
const outsider = (name: string) => joiner(`${name}.${crypto.randomUUID()}`, { department: 'Legal' });

describe('a change of membership that Graph tells of, while no timer follows changes', () => {
  let test: TestCloud;
  let engineering: string;
  const users: string[] = [];

  const subscriptions = async () => {
    const { body } = await test.graph('GET', '/subscriptions');
    return body['value'] as { id: string; resource: string }[];
  };
  const join = async (id: string) => {
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` };
    const { status } = await test.graph('POST', `/groups/${engineering}/members/$ref`, reference);
    expect(status).toBe(204);
  };

  beforeAll(async () => {
    test = await leaseTestCloud('hints');
    await waitUntil(
      'groups are followed',
      async () => (await readRounds(test.stores.cursors)).groups.workedAt,
    );
    const found = await test.graph('GET', "/groups?$filter=displayName eq 'SG-Engineering'&$select=id");
    engineering = (found.body['value'] as { id: string }[])[0]?.id ?? '';
    expect(await test.runFunction('graph-subscription')).toBe(202);
    await waitUntil('the app has subscribed to both', async () => {
      const rows = await Promise.all(
        Object.values(subscriptionCursors).map((row) => test.stores.cursors.read(row)),
      );
      return rows.every(({ value }) => value?.includes(' ')) && (await subscriptions()).length === 2;
    });
    for (const { id } of await test.bring([outsider('told'), outsider('rotated')])) users.push(id);
    for (const id of users) {
      await waitUntil('there is nothing for the user', async () => {
        return (await test.stores.users.read(toUserId(id))).state?.outcome === 'nothing';
      });
    }
  });
  afterAll(async () => {
    // The next file that borrows this cloud sends its own hints.
    for (const { id } of await subscriptions()) await test.graph('DELETE', `/subscriptions/${id}`);
    for (const id of users) await test?.graph('DELETE', `/users/${id}`);
    await test?.stop();
  });

  it('has the user licensed', async () => {
    await join(users[0] ?? '');

    await waitUntilEngineer(test, users[0] ?? '');
  });

  it('has the user licensed after the client state was rotated, and there are two subscriptions still', async () => {
    const before = (await subscriptions()).map(({ id }) => id);
    await rotateClientState(test.stores.cursors);
    await test.runFunction('graph-subscription');
    await waitUntil('both are replaced', async () => {
      const now = (await subscriptions()).map(({ id }) => id);
      return now.length === 2 && now.every((id) => !before.includes(id));
    });

    await join(users[1] ?? '');

    await waitUntilEngineer(test, users[1] ?? '');
    expect(test.exits).toEqual([]);
  });
});
