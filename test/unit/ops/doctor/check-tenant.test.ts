import { describe, expect, it } from '@jest/globals';
import type { Directory } from '../../../../shared/graph/directory';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { UserError } from '../../../../shared/kernel/errors';
import { runTenantDoctor } from '../../../../shared/ops/doctor/check-tenant';
import type { TenantDoctorParts } from '../../../../shared/ops/doctor/check-tenant';

const works: Partial<Directory> = {
  listSkuRows: async () => ({ skus: [], skipped: [] }),
  userPage: async () => ({ odd: [], users: [] }),
  readUser: async () => undefined,
  spellingOf: async (property) => property,
  findGroups: async () => [],
};
/** A tenant that is looked at without a policy. */
const look = (directory: Partial<Directory>, readWhoIs: TenantDoctorParts['readWhoIs'] = async () => null) =>
  runTenantDoctor({
    pipeline: {
      directory: { ...works, ...directory },
      policy: {
        current: async () => {
          throw new UserError('cli/no-policy', 'No policy was named');
        },
      },
    } as unknown as TenantDoctorParts['pipeline'],
    policyFile: { path: 'policy.yaml', read: async () => '' },
    readWhoIs,
  });
const refused = (status: number) => async () => {
  throw new GraphError('permission', `Graph said ${String(status)}`, { status });
};

describe('doctor of a tenant', () => {
  it('tells of a token that Graph does not take, and of no single permission', async () => {
    const { ok, checks } = await look({ listSkuRows: refused(401), findGroups: refused(403) });

    expect(ok).toBe(false);
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([
      expect.objectContaining({ name: 'graph sign-in', text: expect.stringContaining('Graph said 401') }),
    ]);
  });

  it.each([
    ['is refused', refused(403)],
    [
      'ends otherwise',
      async () => {
        throw new Error('Graph is away');
      },
    ],
  ])('tells of the permission whose call %s, and takes the token for a good one', async (_, call) => {
    const { ok, checks } = await look({ listSkuRows: call });

    expect(ok).toBe(false);
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([
      expect.objectContaining({ name: 'graph permission' }),
    ]);
  });

  it('says who is signed in, and that no policy was named', async () => {
    const { ok, checks } = await look({}, async () => ({ name: 'ann@contoso.com', tenantId: 'T1' }) as never);

    expect(ok).toBe(true);
    expect(checks[0]?.text).toBe('ann@contoso.com in tenant T1; nothing can be changed from here');
    expect(checks.at(-1)).toMatchObject({ state: 'warn', text: 'No policy was named' });
  });

  it('says how to sign in when there is no token', async () => {
    const { ok, checks } = await look({}, async () => {
      throw new Error('No token\nat line 1');
    });

    expect([ok, checks.map(({ name, text }) => [name, text])]).toEqual([
      false,
      [['graph sign-in', 'No token']],
    ]);
  });
});
