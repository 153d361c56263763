import { describe, expect, it } from '@jest/globals';
import { toGroupId } from '../../../shared/kernel/ids';
import { checkPolicyNames } from '../../../shared/ops/doctor/check-policy-names';
import { timing } from '../../../shared/kernel/timing';
import { checkAgainstTenant } from '../../../shared/pipeline/sources/check-against-tenant';
import type { Problem } from '../../../shared/policy/problem';
import { ems, makePipelineWorld } from '../../support/pipeline-world';

const minute = 60_000;
const salesId = toGroupId('cccccccc-0000-4000-8000-000000000001');
const otherId = toGroupId('cccccccc-0000-4000-8000-000000000002');
const sales = { id: salesId, displayName: 'SG-Sales' };
const renamed = { id: salesId, displayName: 'SG-Sales-EMEA' };
const policyText = `version: 1
rules:
  - name: by-group
    memberOf: [SG-Sales]
    assign: [{ sku: EMS }]
removal: { mode: remove, grace: 0d }
`;

/** All messages that are there, and those that they lead to. */
async function finish(t: ReturnType<typeof makePipelineWorld>) {
  for (let steps = 0; await t.step(); steps++) if (steps > 100) throw new Error('The messages never end');
}

/** A member of SG-Sales who has been given EMS by it. */
async function makeMember() {
  const t = makePipelineWorld();
  t.world.policyText = policyText;
  t.world.tenantGroups = [sales];
  t.world.user.groups = [sales];
  await t.decide();
  await finish(t);
  expect(t.state()?.outcome).toBe('licensed');
  t.writes.length = 0;
  return t;
}

type World = Awaited<ReturnType<typeof makeMember>>;
const rename = (t: World, groups: readonly (typeof sales)[]) => {
  t.world.tenantGroups = groups;
  t.world.user.groups = groups;
};
async function lookEvery10Minutes(t: World, times: number) {
  for (let look = 0; look < times; look++) {
    t.advance(10 * minute + 1);
    await t.decide(t.hint({ source: 'operator' }));
    await finish(t);
  }
}

const errorsOf = (problems: readonly Problem[]) => problems.filter(({ severity }) => severity === 'error');

describe('a group of the policy that is renamed, deleted or misspelt', () => {
  it.each([
    ['renamed', [renamed], 'license/right'],
    ['deleted', [], 'policy/unknown-group'],
  ])('%s: its members keep the license, however often they are looked at', async (_case, groups, code) => {
    const t = await makeMember();
    rename(t, groups);

    await lookEvery10Minutes(t, 4);

    expect(t.writes).toEqual([]);
    expect(t.world.user.assignments.map(({ skuId }) => skuId)).toEqual([ems]);
    expect(t.state()?.skus[0]?.reason.code).toBe(code);
  });

  it('is not taken for empty by a look that came before the rename was known', async () => {
    const t = await makeMember();
    t.advance(timing.sources.groups.ms);
    await t.decide(t.hint({ source: 'operator' }));
    rename(t, [renamed]);
    t.advance(timing.sources.groups.ms / 2);
    await t.decide(t.hint({ source: 'operator' }));

    await lookEvery10Minutes(t, 2);

    expect(t.writes).toEqual([]);
    expect(timing.sources.groups.ms).toBeLessThan(timing.licensing.agreeingLooks.ms);
  });

  it.each([
    ['renamed', [renamed]],
    ['deleted', []],
  ])('%s: decides again when it is back', async (_case, groups) => {
    const t = await makeMember();
    rename(t, groups);
    await lookEvery10Minutes(t, 2);
    t.world.tenantGroups = [sales];
    t.world.user.groups = [];

    await lookEvery10Minutes(t, 3);

    expect(t.world.user.assignments).toEqual([]);
  });

  it('tells a joiner what is wrong', async () => {
    const t = makePipelineWorld();
    t.world.policyText = policyText;
    t.world.tenantGroups = [renamed];
    t.world.user.groups = [renamed];

    await t.decide();

    expect(t.state()).toMatchObject({
      outcome: 'blocked',
      skus: [{ reason: { code: 'policy/unknown-group' } }],
    });
  });

  it.each([
    ['renamed', [renamed], 'Did you mean SG-Sales-EMEA?'],
    ['misspelt', [{ id: salesId, displayName: 'SG-Sale' }], 'Did you mean SG-Sale?'],
    ['deleted', [], 'It was renamed or deleted, or is misspelt.'],
  ])('%s: check names it with its place and what was meant', async (_case, groups, hint) => {
    const t = makePipelineWorld();
    t.world.tenantGroups = groups;

    const { policy, problems } = await checkAgainstTenant(t.pipeline.directory, policyText, 'policy.yaml');

    expect(policy).toBeNull();
    expect(errorsOf(problems)).toMatchObject([
      { severity: 'error', code: 'policy/unknown-group', line: 4, path: 'rules.0.memberOf.0' },
    ]);
    expect(problems[0]?.hint).toContain(hint);
  });

  it('check writes names of SKUs as the tenant does, also where they are bound without letter case', async () => {
    const t = makePipelineWorld();
    const text = policyText.replace('EMS', 'EMS, disable: [NO_SUCH_PLAN]');
    const bindings = { skus: [{ name: 'ems', skuId: ems }], plans: [], groups: [] };

    const { problems } = await checkAgainstTenant(t.pipeline.directory, text, 'policy.yaml', bindings);

    expect(problems.map(({ message }) => message)).toContain('EMS has no plan NO_SUCH_PLAN');
  });

  it('check finds nothing wrong with groups that are there, by name or by id', async () => {
    const t = makePipelineWorld();
    t.world.tenantGroups = [sales];

    for (const text of [
      policyText,
      policyText.replace('SG-Sales', salesId),
      policyText.replace('SG-S', 'sg-s'),
    ]) {
      const { problems } = await checkAgainstTenant(t.pipeline.directory, text, 'policy.yaml');
      expect(errorsOf(problems)).toEqual([]);
    }
  });

  it.each([
    ['renamed', [renamed], 'warn', 'is called SG-Sales-EMEA now', 'Write SG-Sales-EMEA'],
    [
      'deleted',
      [{ ...renamed, id: otherId }],
      'fail',
      'was deleted',
      'Did you mean SG-Sales-EMEA? Then activate the policy again.',
    ],
    [
      'deleted, and another one has its name',
      [{ ...sales, id: otherId }],
      'fail',
      `was deleted, and another one has its name now: ${otherId}`,
      'Name the right one by its id. Then activate the policy again.',
    ],
  ])(
    '%s: doctor names it for the file and for the policy in force',
    async (_case, groups, state, text, todo) => {
      const t = await makeMember();
      rename(t, groups);
      const file = (of: string) => ({ path: 'policy.yaml', read: async () => of });

      const same = await checkPolicyNames(t.pipeline, file(policyText));
      const other = await checkPolicyNames(t.pipeline, file(policyText.replace('SG-Sales', 'SG-Sales-EMEA')));

      for (const findings of [same, other]) {
        const inForce = findings.find((one) =>
          one.text.includes('names the group SG-Sales in rule "by-group"'),
        );
        expect(inForce).toMatchObject({ state, text: expect.stringContaining(text) });
        expect(inForce?.todo).toContain(todo);
      }
    },
  );
});
