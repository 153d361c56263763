import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toSkuId, toUserId } from '../../../shared/kernel/ids';
import { graphErrorOf, makeScriptedDirectory, refusalAnswer } from '../../support/graph/scripted-directory';
import { makeImpatientClock } from '../../support/graph/impatient-clock';
import { answerBatch, startScriptedGraph } from '../../support/scripted-graph';
import type { Answer, ScriptedGraph } from '../../support/scripted-graph';

const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const id = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
const groupId = '9a5b6c7d-0000-4000-8000-00000000000a';
const little = {
  properties: new Set<string>(),
  directGroups: false,
  transitiveGroups: false,
};

let graph: ScriptedGraph;
beforeAll(async () => {
  graph = await startScriptedGraph();
});
afterAll(() => graph.close());

const directory = () => makeScriptedDirectory(graph, { clock: makeImpatientClock() });
const answerUser = (groups: object, user: object = {}) => {
  graph.script = (request) =>
    answerBatch(request, (url) => ({
      status: 200,
      body: /memberOf/i.test(url) ? { value: [groups] } : { id, ...user },
    }));
};
/** As Graph shows a member that the app may not see: type and id, everything else null. */
const withheld = { '@odata.type': '#microsoft.graph.group', id: groupId, displayName: null };

describe('names of groups that Graph withholds', () => {
  it.each([
    ['direct', { ...little, directGroups: true }],
    ['nested', { ...little, transitiveGroups: true }],
  ])('are no answer about %s membership, and the permission is named', async (_, read) => {
    answerUser(withheld);

    const error = await graphErrorOf(directory().readUser(id, read));

    expect(error).toMatchObject({ class: 'withheld', permission: 'GroupMember.Read.All' });
    expect(error.message).toContain('GroupMember.Read.All');
  });

  it('are none of an administrative unit’s or a role’s concern', async () => {
    answerUser({ ...withheld, '@odata.type': '#microsoft.graph.directoryRole' });

    const snapshot = await directory().readUser(id, { ...little, directGroups: true });

    expect(snapshot?.user.properties['memberOf']).toEqual([]);
  });

  it('are no "there is no such group" when a policy names it', async () => {
    graph.script = () => ({ status: 200, body: { value: [withheld] } });

    const error = await graphErrorOf(directory().findGroups('SG-Staff'));

    expect(error.class).toBe('withheld');
  });
});

describe('the spelling of an extension property', () => {
  const asked = 'extension_1_costCenter';

  it.each([
    ['as the policy has it', { id, [asked]: '1' }, asked],
    ['otherwise', { id, extension_1_costcenter: '1' }, 'extension_1_costcenter'],
    ['unknown while no user shows it', { id }, undefined],
  ])('is %s', async (_, user, expected) => {
    graph.script = () => ({ status: 200, body: { value: [{ id: groupId }, user] } });

    expect(await directory().spellingOf(asked)).toBe(expected);
  });
});

describe('two lists of a user’s licenses', () => {
  const held = { skuId: ems, disabledPlans: [] };

  it('that contradict each other are no basis for deciding', async () => {
    answerUser({}, { assignedLicenses: [held], licenseAssignmentStates: [] });

    const error = await graphErrorOf(directory().readUser(id, little));

    expect(error.class).toBe('unavailable');
    expect(error.message).toContain(ems);
  });

  it.each([
    ['agree', [held], [{ ...held, assignedByGroup: null, state: 'Active', error: null }]],
    [
      'differ by a group’s license in error only',
      [],
      [{ ...held, assignedByGroup: groupId, state: 'Error' }],
    ],
    ['have odd nulls', null, [{ skuId: ems, assignedByGroup: null, disabledPlans: null, state: null }]],
  ])('that %s are taken', async (_, assignedLicenses, licenseAssignmentStates) => {
    answerUser({}, { assignedLicenses, licenseAssignmentStates });

    const snapshot = await directory().readUser(id, little);

    expect(snapshot?.user.assignments).toMatchObject([{ skuId: ems }]);
  });
});

describe('an odd row among the SKUs', () => {
  const row = {
    skuId: ems,
    skuPartNumber: 'EMS',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: 1,
    prepaidUnits: { enabled: 5 },
    servicePlans: [],
  };
  const odd = (more: object): Answer => ({
    status: 200,
    body: { value: [row, { ...row, skuId: groupId, skuPartNumber: 'ODD', ...more }] },
  });

  it.each(['consumedUnits', 'capabilityStatus', 'appliesTo'])(
    'is skipped by itself when %s is null, and named',
    async (property) => {
      graph.script = () => odd({ [property]: null });

      const { skus, skipped } = await directory().listSkuRows();

      expect(skus.map(({ skuPartNumber }) => skuPartNumber)).toEqual(['EMS']);
      expect(skipped).toEqual([{ name: 'ODD', why: `Graph gave no usable ${property}` }]);
    },
  );

  it('is named by its id, or by its place, when it has no part number', async () => {
    graph.script = () => odd({ skuPartNumber: null });
    const byId = await directory().listSkuRows();
    graph.script = () => ({ status: 200, body: { value: [row, null] } });
    const byPlace = await directory().listSkuRows();

    expect(byId.skipped).toMatchObject([{ name: groupId }]);
    expect(byPlace.skipped).toMatchObject([{ name: 'row 2' }]);
    expect(byPlace.skus).toHaveLength(1);
  });
});

describe('a stored link of Graph’s', () => {
  const link = 'https://graph.microsoft.com/v1.0/users/delta?$deltatoken=t';

  it.each<[string, Answer]>([
    [
      '400 with a code of its own',
      refusalAnswer(
        400,
        'Directory_ExpiredPageToken',
        'The specified page token value has expired and can no longer be included in your request.',
      ),
    ],
    [
      '400 with words about the sync state',
      refusalAnswer(400, 'BadRequest', 'Sync state is not found, please resync.'),
    ],
    [
      '400 with words that say nothing of it',
      refusalAnswer(400, 'Request_BadRequest', 'Something is not right.'),
    ],
    ['400 without a body', { status: 400 }],
    ['404', refusalAnswer(404, 'ResourceNotFound', 'Not here.')],
    ['410', { status: 410 }],
  ])('that is answered with %s is a lost position', async (_, answer) => {
    graph.script = () => answer;

    const error = await graphErrorOf(directory().deltaPage(link));

    expect(error.class).toBe('syncStateLost');
  });

  it('that is answered with 400 for other writes to the tenant is still there', async () => {
    const text = 'Error due to concurrent requests being made to the tenant. Please wait briefly and retry.';
    graph.script = () => refusalAnswer(400, 'Directory_ConcurrencyViolation', text);

    const error = await graphErrorOf(directory().deltaPage(link));

    expect(error.class).toBe('concurrency');
  });

  it('that is refused for want of a permission is still there', async () => {
    graph.script = () => refusalAnswer(403, 'Authorization_RequestDenied', 'Insufficient privileges.');

    const error = await graphErrorOf(directory().deltaPage(link));

    expect(error).toMatchObject({ class: 'permission', permission: 'User.Read.All' });
  });
});

describe('a page of users with rows that cannot be read', () => {
  const fine = { id, usageLocation: 'NL' };
  const otherId = '4a5b6c7d-0000-4000-8000-000000000002';
  const page = (...value: unknown[]) => {
    graph.script = () => ({ status: 200, body: { value } });
    return directory().userPage(little);
  };

  it.each([
    [
      'a license without its SKU',
      { id: otherId, licenseAssignmentStates: [{ skuId: null, state: 'Active' }] },
    ],
    [
      'a plan that is no id',
      { id: otherId, licenseAssignmentStates: [{ skuId: ems, disabledPlans: ['?'] }] },
    ],
    ['a number for a location', { id: otherId, usageLocation: 31 }],
  ])('%s: names that user, and the others are there', async (_, row) => {
    const { users, odd } = await page(fine, row);

    expect(users.map((user) => user.id)).toEqual([id]);
    expect(odd).toEqual([toUserId(otherId)]);
  });

  it('lists the others when a row has no id', async () => {
    expect((await page(fine, { usageLocation: 'NL' })).users).toHaveLength(1);
  });

  it('is passing trouble when nothing in it is a user', async () => {
    const error = await graphErrorOf(page({ message: 'busy' }, null));

    expect(error.class).toBe('unavailable');
  });
});
