import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import type { Directory } from '../../../../shared/graph/directory';
import { toGroupId, toUserId } from '../../../../shared/kernel/ids';
import { checkGraph } from '../../../../shared/ops/doctor/check-graph';
import type { Services } from '../../../../shared/pipeline/services';

const now = Date.parse('2026-01-10T12:00:00Z');
const clock = { now: () => now, sleep: async () => undefined };
/** Only what the check under test touches. */
const partly = (parts: object) => ({ clock, ...parts }) as unknown as Services;

describe('checkGraph', () => {
  const id = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
  const groupId = toGroupId('9a5b6c7d-0000-4000-8000-00000000000a');
  const works: Partial<Directory> = {
    listSkuRows: async () => ({ skus: [], skipped: [] }),
    userPage: async () => ({
      odd: [],
      users: [{ id, properties: {}, usageLocation: null, assignments: [] }],
    }),
    readUser: async () => undefined,
    deltaFromNow: async () => 'link',
    groupDeltaFromNow: async () => 'link',
    findGroups: async () => [{ id: groupId, displayName: 'SG-Sales' }],
    async *groupMembers() {
      yield [];
      throw new Error('Only the first page is asked for');
    },
  };
  const needs = {
    properties: new Set(['department', 'manager/id']),
    directGroups: true,
    transitiveGroups: true,
  };
  const check = (
    directory: Partial<Directory>,
    claims: readonly string[] | null,
    permissions: 'full' | 'license-only' = 'full',
  ) =>
    checkGraph(
      partly({
        directory: { ...works, ...directory },
        policy: {
          current: async () => ({ scope: null, rules: [{ memberOf: ['SG-Sales'], when: null }], needs }),
        },
        settings: { permissions },
      }),
      async () => claims,
    );
  const failed = async (findings: ReturnType<typeof check>) =>
    (await findings).filter(({ state }) => state !== 'ok').map(({ text }) => text);

  it.each([
    [['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All'], 'full'],
    [['User.ReadWrite.All'], 'full'],
    [['Directory.ReadWrite.All'], 'full'],
    [['LicenseAssignment.ReadWrite.All'], 'license-only'],
  ] as const)('is content with %j and %s', async (claims, permissions) => {
    expect(await failed(check({}, claims, permissions))).toEqual([]);
  });

  it('misses the right to fill in usage locations', async () => {
    expect(await failed(check({}, ['LicenseAssignment.ReadWrite.All']))).toEqual([
      'User.ReadWrite.All is missing in the token',
    ]);
  });

  it('says so when the token does not tell', async () => {
    expect(await failed(check({}, null, 'license-only'))).toEqual([
      'LicenseAssignment.ReadWrite.All: the token does not tell',
    ]);
  });

  const refusing = (permission?: string) => () =>
    Promise.reject(new GraphError('permission', 'Insufficient privileges', { status: 403, permission }));

  it.each<[string, Partial<Directory>]>([
    ['LicenseAssignment.Read.All', { listSkuRows: refusing() }],
    ['User.Read.All', { deltaFromNow: refusing() }],
    ['User.Read.All', { userPage: refusing('User.Read.All') }],
    ['GroupMember.Read.All', { findGroups: refusing() }],
    ['GroupMember.Read.All', { groupDeltaFromNow: refusing() }],
    // The same batch: Graph says which part it refuses.
    ['GroupMember.ReadBasic.All', { readUser: refusing('GroupMember.ReadBasic.All') }],
    [
      'GroupMember.Read.All',
      {
        readUser: () =>
          Promise.reject(
            new GraphError('withheld', 'without names', { status: 200, permission: 'GroupMember.Read.All' }),
          ),
      },
    ],
  ])('misses %s, and no other, when Graph refuses', async (permission, directory) => {
    expect(await failed(check(directory, ['Directory.ReadWrite.All']))).toEqual([
      expect.stringMatching(`^${permission} is missing`),
    ]);
  });

  it('reads with the policy’s own $select', async () => {
    const asked: ReadonlySet<string>[] = [];
    await check(
      {
        userPage: async ({ properties }) => {
          asked.push(properties);
          return { users: [], odd: [] };
        },
        deltaFromNow: async (properties) => {
          asked.push(properties);
          return 'link';
        },
      },
      null,
    );

    expect(asked.map((names) => names.has('department'))).toEqual([true, true, true]);
  });

  it.each([
    ['extension_0_costcenter', 'spells extension_0_costCenter as extension_0_costcenter'],
    [undefined, 'No user of the first page has extension_0_costCenter'],
    ['extension_0_costCenter', undefined],
  ])('compares the name of an extension with the directory’s: %s', async (spelling, said) => {
    const withExtension = { ...needs, properties: new Set(['extension_0_costCenter']) };
    const findings = await checkGraph(
      partly({
        directory: { ...works, spellingOf: async () => spelling },
        policy: { current: async () => ({ scope: null, rules: [], needs: withExtension }) },
        settings: { permissions: 'license-only' },
      }),
      async () => ['LicenseAssignment.ReadWrite.All'],
    );

    const warned = findings.filter(({ state }) => state !== 'ok').map(({ text }) => text);
    expect(warned).toEqual(said === undefined ? [] : [expect.stringContaining(said)]);
  });

  it('names what delta does not track, and SKUs that are left out', async () => {
    const findings = await check(
      {
        deltaFromNow: async (properties) => {
          if (properties.has('department'))
            throw new GraphError('badRequest', 'Invalid request', { status: 400 });
          return 'link';
        },
        listSkuRows: async () => ({ skus: [], skipped: [{ name: 'ODD', why: 'no usable consumedUnits' }] }),
      },
      ['Directory.ReadWrite.All'],
    );

    expect(findings.filter(({ state }) => state === 'warn').map(({ text }) => text)).toEqual([
      expect.stringContaining('changes of department'),
      expect.stringContaining('ODD is left out'),
    ]);
  });

  it('asks for nothing without a token', async () => {
    const findings = await checkGraph(partly({}), () =>
      Promise.reject(new Error('Please sign in\nat line 1')),
    );

    expect(findings).toEqual([expect.objectContaining({ state: 'fail', text: 'Please sign in' })]);
  });
});
