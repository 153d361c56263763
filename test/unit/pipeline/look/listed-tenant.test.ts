import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../../../shared/kernel/errors';
import { toGroupId } from '../../../../shared/kernel/ids';
import { decide } from '../../../../shared/licensing/decide';
import { noneNew } from '../../../../shared/licensing/service-plans/service-plan-verdicts';
import { makeListedTenant } from '../../../../shared/pipeline/look/listed-tenant';
import { readTenantView } from '../../../../shared/pipeline/look/read-tenant-view';
import type { Services } from '../../../../shared/pipeline/services';
import type { NamedGroups } from '../../../../shared/policy/named-groups';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import type { Policy } from '../../../../shared/policy/policy';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { userId } from '../../../support/user-states';

const group = toGroupId('10000000-0000-4000-8000-000000000001');
const named: NamedGroups = { ids: new Map([['sg-sales', new Set([group])]]), unsure: new Map() };
const { policy } = loadPolicy(
  'version: 1\nrules: [{ name: r, memberOf: [SG-Sales], assign: [{ sku: EMS }] }]\n',
  { file: 'p.yaml' },
) as { policy: Policy };

/** A tenant whose one group has these members; `asked`: how often names and members were read. */
async function makeTenant(members: () => AsyncIterable<readonly ReturnType<typeof userId>[]>) {
  const { pipeline } = makePipelineWorld();
  const asked = { names: 0, members: 0 };
  const services = {
    ...pipeline,
    catalogue: { ...pipeline.catalogue, groups: async () => (asked.names++, named) },
    directory: { ...pipeline.directory, groupMembers: () => (asked.members++, members()) },
  } as unknown as Services;
  const { book: _, ...view } = await readTenantView(services);
  const tenant = makeListedTenant(services, {
    policyOf: () => ({ policy, knownPlans: noneNew }),
    setting: () => ({ ...view, now: 0 }),
  });
  const see = (number: number, alone?: { groups: { id: typeof group; displayName: string }[] }) => {
    const id = userId(number);
    const user = { id, properties: { userType: 'Member' }, usageLocation: 'NL', assignments: [] };
    return tenant.see({ userId: id, etag: null, state: null, ledger: [], exception: null }, user, alone);
  };
  return { see, asked };
}

describe('users of a listing', () => {
  it('are seen with the members of the groups that their policy names, read once', async () => {
    const { see, asked } = await makeTenant(async function* () {
      yield [userId(1)];
    });
    const inputs = await Promise.all([see(1), see(2), see(1)]);

    expect(inputs.map((input) => decide(input).outcome)).toEqual(['licensed', 'nothing', 'licensed']);
    expect(asked).toEqual({ names: 1, members: 1 });
  });

  it('who are read alone are seen with the groups that came with them', async () => {
    const { see, asked } = await makeTenant(async function* () {
      yield [];
    });
    const inputs = await Promise.all([
      see(1, { groups: [{ id: group, displayName: 'SG-Sales' }] }),
      see(2, { groups: [] }),
    ]);

    expect(inputs.map((input) => decide(input).outcome)).toEqual(['licensed', 'nothing']);
    expect(asked.members).toBe(0);
  });

  it('lose nothing by a group that went while its members were read: it is not an empty one', async () => {
    const { see } = await makeTenant(async function* () {
      yield* [];
      throw new UserError('graph/unknown-group', 'There is no such group');
    });

    expect(decide(await see(1)).entitlement).toEqual([]);
    expect(decide(await see(1)).skus).toMatchObject([
      { outcome: 'blocked', reason: { code: 'policy/unknown-group' } },
    ]);
  });
});
