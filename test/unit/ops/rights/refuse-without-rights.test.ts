import { describe, expect, it } from '@jest/globals';
import type { Directory } from '../../../../shared/graph/directory';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { toUserId } from '../../../../shared/kernel/ids';
import { refuseWithoutRights } from '../../../../shared/ops/rights/refuse-without-rights';

const user = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
const works: Partial<Directory> = {
  listSkuRows: async () => ({ skus: [], skipped: [] }),
  userPage: async () => ({
    odd: [],
    users: [{ id: user, properties: {}, usageLocation: null, assignments: [] }],
  }),
  readUser: async () => undefined,
  spellingOf: async (property) => property,
  deltaFromNow: async () => 'link',
  findGroups: async () => [],
};
const needs = (...properties: string[]) => ({
  needs: { properties: new Set(properties), directGroups: false, transitiveGroups: false },
  groups: [],
});
const refuse = (directory: Partial<Directory>, calls = needs('department')) =>
  refuseWithoutRights({ ...works, ...directory } as Directory, calls, 'next.yaml');

describe('activating a policy', () => {
  it('is refused for what the app may not read, by name', async () => {
    const forbidden = () =>
      Promise.reject(new GraphError('permission', 'Insufficient privileges', { status: 403 }));

    await expect(refuse({ listSkuRows: forbidden, findGroups: forbidden })).rejects.toMatchObject({
      code: 'policy/rights',
      details: { missing: ['LicenseAssignment.Read.All', 'GroupMember.Read.All'] },
    });
  });

  it('is refused when a call could not be tried', async () => {
    const away = () => Promise.reject(new GraphError('unavailable', 'Graph is away', { status: 503 }));

    await expect(refuse({ userPage: away })).rejects.toThrow('Graph is away');
  });

  it('tells of a property that delta does not track, and of an extension that is spelled otherwise', async () => {
    const warnings = await refuse(
      {
        deltaFromNow: async (properties) => {
          if (properties.has('mailboxSettings'))
            throw new GraphError('badRequest', 'Invalid request', { status: 400 });
          return 'link';
        },
        spellingOf: async () => 'extension_0_costCenter',
      },
      needs('mailboxSettings', 'extension_0_costcenter'),
    );

    expect(warnings).toEqual([
      expect.stringContaining('spells extension_0_costcenter as extension_0_costCenter'),
      expect.stringContaining('does not report changes of mailboxSettings'),
    ]);
  });

  it('has nothing to tell when all is well', async () => {
    expect(await refuse({})).toEqual([]);
  });
});
