import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import { readRounds } from '../../shared/pipeline/intake/delta-round';
import { joiner, waitUntilEngineer } from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

/** The sample policy's rule `engineers` names SG-Engineering; no rule is about this department. */
const outsider = (name: string) => joiner(`${name}.${crypto.randomUUID()}`, { department: 'Legal' });

describe('a change of membership alone', () => {
  let test: TestCloud;
  let engineering: string;
  let inner: string;
  const users: string[] = [];
  const [member, nested] = [() => users[0] ?? '', () => users[1] ?? ''];

  const state = async (id: string) => (await test.stores.users.read(toUserId(id))).state;
  /** Looks that the delta of groups has asked for. */
  const told = () => test.lines.filter((line) => line.includes('Changes of groups queued')).length;
  const change = async (method: 'POST' | 'DELETE', group: string, id: string) => {
    const before = told();
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` };
    const { status } =
      method === 'POST'
        ? await test.graph('POST', `/groups/${group}/members/$ref`, reference)
        : await test.graph('DELETE', `/groups/${group}/members/${id}/$ref`);
    expect(status).toBe(204);
    await waitUntil('the change of the group is heard', async () => told() > before);
  };

  beforeAll(async () => {
    test = await leaseTestCloud('delta');
    const found = await test.graph('GET', "/groups?$filter=displayName eq 'SG-Engineering'&$select=id");
    engineering = (found.body['value'] as { id: string }[])[0]?.id ?? '';
    const made = await test.graph('POST', '/groups', {
      displayName: `SG-Inner-${crypto.randomUUID()}`,
      mailEnabled: false,
      mailNickname: 'sg-inner',
      securityEnabled: true,
    });
    inner = String(made.body['id']);
    for (const { id } of await test.bring([outsider('member'), outsider('nested')])) users.push(id);
    for (const id of users) {
      await waitUntil('there is nothing for the user', async () => (await state(id))?.outcome === 'nothing');
    }
    await waitUntil(
      'groups are followed',
      async () => (await readRounds(test.stores.cursors)).groups.workedAt,
    );
  });
  afterAll(async () => {
    for (const id of users) await test?.graph('DELETE', `/users/${id}`);
    await test?.graph('DELETE', `/groups/${inner}`);
    await test?.stop();
  });

  it('has who joins a group licensed', async () => {
    await change('POST', engineering, member());

    await waitUntilEngineer(test, member());
  });

  it('has who is in a group that comes into another one licensed', async () => {
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${nested()}` };
    expect((await test.graph('POST', `/groups/${inner}/members/$ref`, reference)).status).toBe(204);

    await change('POST', engineering, inner);

    await waitUntilEngineer(test, nested());
  });

  it('has a look at who leaves queued', async () => {
    // Right after its license is written, the look that is due anyway serves: it is not waited for here.
    await change('DELETE', engineering, member());

    expect(test.exits).toEqual([]);
  });
});
