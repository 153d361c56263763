import { describe, expect, it } from '@jest/globals';
import type { FoundGroup } from '../../../shared/graph/directory';
import { toGroupId } from '../../../shared/kernel/ids';
import { checkPolicyNames } from '../../../shared/ops/doctor/check-policy-names';
import { checkAgainstTenant } from '../../../shared/pipeline/sources/check-against-tenant';
import { makePolicySource } from '../../../shared/pipeline/sources/policy-source';
import { compilePolicy } from '../../../shared/pipeline/sources/policy-file';
import { ems, makePipelineWorld, refusal } from '../../support/pipeline-world';
import { activatePolicy } from '../../support/world/world-policies';

const minute = 60_000;
const group = (number: number, displayName: string, securityEnabled = true): FoundGroup => ({
  id: toGroupId(`cccccccc-0000-4000-8000-00000000000${String(number)}`),
  displayName,
  securityEnabled,
});
const sales = group(1, 'SG-Sales');
const twin = group(2, 'SG-Sales');
const team = group(3, 'SG-Sales', false);
const policyText = (name: string, more = '') => `version: 1
${more}rules:
  - name: by-group
    memberOf: ["${name}"]
    assign: [{ sku: EMS }]
removal: { mode: remove, grace: 0d }
guards: none
`;

type World = ReturnType<typeof makePipelineWorld>;
async function finish(t: World) {
  for (let steps = 0; await t.step(); steps++) if (steps > 100) throw new Error('The messages never end');
}
/** Looks 10 minutes apart: what is to be taken away is taken by the second. */
async function look(t: World, times = 4) {
  for (let count = 0; count < times; count++) {
    t.advance(10 * minute + 1);
    await t.decide(t.hint({ source: 'operator' }));
    await finish(t);
  }
}
const holds = (t: World) => t.world.user.assignments.map(({ skuId }) => skuId);
/** What the tenant's groups and the user's memberships become. */
const become = (t: World, groups: readonly FoundGroup[], memberships: readonly FoundGroup[] = groups) => {
  t.world.tenantGroups = groups;
  t.world.user.groups = memberships;
};

/** A member of `sales` who got EMS by it. */
async function makeMember(text = policyText('SG-Sales')) {
  const t = makePipelineWorld();
  t.world.policyText = text;
  become(t, [sales]);
  await look(t, 1);
  expect(holds(t)).toEqual([ems]);
  t.writes.length = 0;
  return t;
}

/** A user who is in no group that counts, while the policy is bound to `sales`. */
async function makeOutsider(groups: readonly FoundGroup[] = [sales]) {
  const t = makePipelineWorld();
  t.world.policyText = policyText('SG-Sales');
  become(t, groups, []);
  await look(t, 1);
  expect(holds(t)).toEqual([]);
  return t;
}

const inConditions = policyText('SG-Sales').replace(
  'memberOf: ["SG-Sales"]',
  `when: 'user.memberOf -any (group.displayName -eq "SG-Sales")'`,
);

describe('a member of a group whose name was bound when the policy was stored', () => {
  it.each<[string, readonly FoundGroup[], readonly FoundGroup[]]>([
    ['it is renamed', [{ ...sales, displayName: 'Sales EMEA' }], [{ ...sales, displayName: 'Sales EMEA' }]],
    ['it is deleted', [], []],
    ['it is deleted and made anew without the member', [twin], []],
    [
      'another group gets its name',
      [twin, { ...sales, displayName: 'Old' }],
      [{ ...sales, displayName: 'Old' }],
    ],
    ['a second security group of the name is made', [twin, sales], [sales]],
    ['a Team of the name is made', [team, sales], [sales]],
    ['Graph lists them in another order', [sales, team, twin], [sales]],
    ['its name changes in letter case and form', [{ ...sales, displayName: 'sg-SALES' }], [sales]],
    ['it is not security-enabled any more', [{ ...sales, securityEnabled: false }], [sales]],
    ['Graph does not say whether it is security-enabled', [{ ...sales, securityEnabled: null }], [sales]],
  ])('keeps the license when %s', async (_case, groups, memberships) => {
    const t = await makeMember();
    become(t, groups, memberships);

    await look(t);

    expect(t.writes).toEqual([]);
    expect(holds(t)).toEqual([ems]);
  });

  it('loses it when they leave the group, whatever it is called', async () => {
    const t = await makeMember();
    become(t, [{ ...sales, displayName: 'Sales EMEA' }], []);

    await look(t);

    expect(holds(t)).toEqual([]);
  });

  it('gets it back decided when a deleted group is restored', async () => {
    const t = await makeMember();
    become(t, [], []);
    await look(t, 2);
    expect(t.state()?.skus[0]?.reason.code).toBe('policy/unknown-group');
    become(t, [sales]);

    await look(t, 1);

    expect(t.state()?.skus[0]?.reason.code).toBe('license/right');
  });

  it.each([
    ['renamed', [{ ...sales, displayName: 'Sales EMEA' }]],
    ['deleted', []],
  ])('keeps it by a condition that names the group, when that is %s', async (_case, groups) => {
    const t = makePipelineWorld();
    t.world.policyText = inConditions;
    become(t, [sales]);
    t.world.user.properties['memberOf'] = [sales];
    await look(t, 1);
    expect(holds(t)).toEqual([ems]);
    become(t, groups);
    t.world.user.properties['memberOf'] = groups;

    await look(t);

    expect(holds(t)).toEqual([ems]);
  });
});

describe('who is not in the bound group', () => {
  it.each<[string, readonly FoundGroup[], readonly FoundGroup[]]>([
    ['makes a Team of its name', [sales, team], [team]],
    ['is in a second security group of its name', [sales, twin], [twin]],
    ['is in a group that got its name when it was renamed', [{ ...sales, displayName: 'Old' }, twin], [twin]],
    ['is in a group that was made with its name after it was deleted', [twin], [twin]],
    ['renames a group of theirs to its name', [sales, group(5, 'SG-Sales')], [group(5, 'SG-Sales')]],
  ])('gets nothing by it who %s', async (_case, groups, memberships) => {
    const t = await makeOutsider();
    become(t, groups, memberships);

    await look(t);

    expect(t.writes).toEqual([]);
  });

  it('gets nothing by a condition that names it', async () => {
    const t = makePipelineWorld();
    t.world.policyText = inConditions;
    become(t, [sales], []);
    t.world.user.properties['memberOf'] = [];
    await look(t, 1);
    t.world.tenantGroups = [sales, twin];
    t.world.user.properties['memberOf'] = [twin];

    await look(t);

    expect(t.writes).toEqual([]);
  });
});

describe('a name that was never bound', () => {
  it.each<[string, readonly FoundGroup[], string]>([
    ['several security groups have it', [sales, twin], 'policy/ambiguous-group'],
    ['only a Team has it', [team], 'policy/unknown-group'],
    ['nothing has it', [], 'policy/unknown-group'],
  ])('decides nothing while %s', async (_case, groups, code) => {
    const t = makePipelineWorld();
    t.world.policyText = policyText('SG-Sales');
    become(t, groups);

    await look(t, 1);

    expect(t.writes).toEqual([]);
    expect(t.state()).toMatchObject({ outcome: 'blocked', skus: [{ reason: { code } }] });
    for (const { id } of groups) expect(t.state()?.skus[0]?.reason.text).toContain(id);
  });

  it('is bound to the group that gets it, within two minutes, and for good', async () => {
    const t = await makeOutsider([]);
    become(t, [sales], [sales]);
    t.advance(2 * minute);
    await look(t, 1);
    expect(holds(t)).toEqual([ems]);
    become(t, [twin], []);

    await look(t);

    expect(holds(t)).toEqual([ems]);
  });

  it('may be the id of a group of any kind', async () => {
    const t = makePipelineWorld();
    t.world.policyText = policyText(team.id.toUpperCase());
    become(t, [team, sales], [team]);

    await look(t, 1);

    expect(holds(t)).toEqual([ems]);
  });
});

describe('a policy that an earlier version stored without binding groups', () => {
  async function makeUpgraded(groups: readonly FoundGroup[], memberships: readonly FoundGroup[]) {
    const t = makePipelineWorld();
    t.world.policyText = policyText('SG-Sales');
    become(t, groups, memberships);
    t.hold([]);
    const policy = compilePolicy(policyText('SG-Sales'), 'policy.yaml');
    const { policies } = t.pipeline;
    await policies.add({
      hash: policy.hash,
      text: policyText('SG-Sales'),
      storedAt: 0,
      by: 'old',
      knownPlans: [],
    });
    await policies.movePointer(await policies.pointer(), {
      active: policy.hash,
      candidate: null,
      isCandidateApproved: false,
      left: [],
    });
    t.restore({
      now: t.now(),
      state: null,
      ledger: [
        {
          skuId: ems,
          disabledByUs: [],
          rules: ['by-group'],
          policyHash: policy.hash,
          adopted: false,
          notEntitledSince: null,
        },
      ],
      sent: [],
    });
    const findings = () =>
      checkPolicyNames(t.pipeline, { path: 'policy.yaml', read: async () => policyText('SG-Sales') });
    return { t, policies, policy, findings };
  }

  it.each<[string, readonly FoundGroup[], readonly FoundGroup[], string | null]>([
    ['one group has the name', [sales], [sales], null],
    ['two have it', [sales, twin], [twin], 'stands for 2 groups'],
    ['a Team has it too', [sales, team], [team], 'stands for 2 groups'],
    ['only a Team has it', [team], [team], 'stands for a group that is not security-enabled'],
  ])(
    'moves no user when it is bound, and doctor says what to correct: %s',
    async (_case, groups, of, said) => {
      const { t, policies, policy, findings } = await makeUpgraded(groups, of);

      await look(t);

      expect(t.writes).toEqual([]);
      expect(holds(t)).toEqual([ems]);
      const bound = (await policies.read(policy.hash))?.bindings?.groups;
      expect(bound?.map(({ groupId }) => groupId)).toEqual(groups.map(({ id }) => id));
      const failed = (await findings()).filter(({ state }) => state === 'fail').map(({ text }) => text);
      if (said === null) expect(failed).toEqual([]);
      else expect(failed.join()).toContain(said);
    },
  );

  it('is bound once, by the first process, for all others', async () => {
    const { t, policies, policy } = await makeUpgraded([sales], [sales]);
    await look(t, 1);
    become(t, [twin, { ...sales, displayName: 'Old' }]);
    const later = makePolicySource({
      store: policies,
      file: { path: 'policy.yaml', read: async () => policyText('SG-Sales') },
      readCatalogue: async () => (await t.pipeline.catalogue.read()).catalogue,
      directory: t.pipeline.directory,
      clock: t.pipeline.clock,
      logger: t.task.logger,
      mayStore: true,
    });

    const { bindings } = await later.current();

    expect(bindings?.groups).toEqual([{ name: 'sg-sales', groupId: sales.id }]);
    expect((await policies.read(policy.hash))?.bindings?.groups).toEqual(bindings?.groups);
  });

  it('goes on without groups while Graph does not show them', async () => {
    const { t } = await makeUpgraded([sales], [sales]);
    const { directory } = t.pipeline;
    const find = directory.findGroups.bind(directory);
    Object.assign(t.pipeline.directory, {
      findGroups: async () => {
        throw refusal('unavailable');
      },
    });
    expect((await t.pipeline.policy.current()).bindings?.groups).toBeUndefined();
    Object.assign(t.pipeline.directory, { findGroups: find });
    t.advance(2 * minute);

    expect((await t.pipeline.policy.current()).bindings?.groups).toHaveLength(1);
  });
});

describe('check of a policy against the tenant', () => {
  it.each<[string, readonly FoundGroup[], string, string, readonly string[]]>([
    ['two security groups', [twin, sales], 'error', 'policy/ambiguous-group', [sales.id, twin.id]],
    ['only a Team', [team], 'error', 'policy/other-kind-of-group', [team.id]],
    ['a Team beside the group', [team, sales], 'warning', 'policy/shared-group-name', [team.id]],
    ['nothing', [], 'error', 'policy/unknown-group', []],
  ])('says what has the name: %s', async (_case, groups, severity, code, ids) => {
    const t = makePipelineWorld();
    t.world.tenantGroups = groups;

    const { policy, problems } = await checkAgainstTenant(
      t.pipeline.directory,
      policyText('SG-Sales'),
      'p.yaml',
    );

    const found = problems.find((one) => one.code === code);
    expect(found).toMatchObject({ severity, line: 4, path: 'rules.0.memberOf.0' });
    for (const id of ids) expect(found?.message).toContain(id);
    expect(policy === null).toBe(severity === 'error');
  });

  it('is not stopped by a name that an edited policy shares with the one in force', async () => {
    const t = await makeMember();
    become(t, [{ ...sales, displayName: 'Old' }, twin], [sales]);

    await activatePolicy(t, policyText('SG-Sales', 'prices: { EMS: 1 }\n'));

    expect((await t.pipeline.policy.current()).bindings?.groups).toEqual([
      { name: 'sg-sales', groupId: twin.id },
    ]);
  });
});
