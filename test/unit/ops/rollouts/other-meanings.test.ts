import { describe, expect, it } from '@jest/globals';
import type { FoundGroup } from '../../../../shared/graph/directory';
import { toGroupId, toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import { activatePolicy } from '../../../../shared/ops/rollouts/activate-policy';
import { findOtherMeanings } from '../../../../shared/ops/rollouts/other-meanings';
import type { PolicyBindings } from '../../../../shared/words/policy-version';
import { ems, intune, makePipelineWorld, premium, userId } from '../../../support/pipeline-world';

const group = (number: number) => toGroupId(`cccccccc-0000-4000-8000-00000000000${String(number)}`);
const otherSku = toSkuId('05e9a617-0261-4cee-bb44-138d3ef5d965');
const otherPlan = toServicePlanId('8a256a2b-b617-496d-b51b-e76466e88db0');
const bound = (changes: Partial<PolicyBindings> = {}): PolicyBindings => ({
  skus: [{ name: 'ems', skuId: ems }],
  plans: [{ skuId: ems, name: 'intune_a', servicePlanId: intune }],
  groups: [{ name: 'sg-sales', groupId: group(1) }],
  ...changes,
});

describe('names that stand for something else than in the active policy', () => {
  it.each<[string, Partial<PolicyBindings>, readonly string[]]>([
    ['a SKU', { skus: [{ name: 'ems', skuId: otherSku }] }, [`SKU ems was ${ems} and is ${otherSku} now`]],
    [
      'a plan',
      { plans: [{ skuId: ems, name: 'intune_a', servicePlanId: otherPlan }] },
      [`plan intune_a of ${ems} was ${intune} and is ${otherPlan} now`],
    ],
    [
      'a group',
      { groups: [{ name: 'sg-sales', groupId: group(2) }] },
      [`group sg-sales was ${group(1)} and is ${group(2)} now`],
    ],
    [
      'a group that stands for two',
      {
        groups: [
          { name: 'sg-sales', groupId: group(3) },
          { name: 'sg-sales', groupId: group(1) },
        ],
      },
      [`group sg-sales was ${group(1)} and is ${group(1)} and ${group(3)} now`],
    ],
    [
      'all three',
      {
        skus: [{ name: 'ems', skuId: otherSku }],
        plans: [{ skuId: ems, name: 'intune_a', servicePlanId: premium }],
        groups: [{ name: 'sg-sales', groupId: group(4) }],
      },
      [
        `SKU ems was ${ems} and is ${otherSku} now`,
        `plan intune_a of ${ems} was ${intune} and is ${premium} now`,
        `group sg-sales was ${group(1)} and is ${group(4)} now`,
      ],
    ],
  ])('are named with both ids: %s', (_what, changes, said) => {
    expect(findOtherMeanings(bound(), bound(changes))).toEqual(said);
  });

  it.each<[string, PolicyBindings | null, PolicyBindings]>([
    ['the same', bound(), bound()],
    ['new names', bound({ groups: [] }), bound()],
    ['names that are gone', bound(), bound({ skus: [], plans: [], groups: [] })],
    ['nothing before', null, bound()],
    [
      'a version that bound no groups',
      { skus: bound().skus, plans: bound().plans },
      bound({ groups: [{ name: 'sg-sales', groupId: group(2) }] }),
    ],
    [
      'the same two groups in another order',
      bound({
        groups: [
          { name: 'g', groupId: group(1) },
          { name: 'g', groupId: group(2) },
        ],
      }),
      bound({
        groups: [
          { name: 'g', groupId: group(2) },
          { name: 'g', groupId: group(1) },
        ],
      }),
    ],
  ])('are none: %s', (_what, before, now) => {
    expect(findOtherMeanings(before, now)).toEqual([]);
  });
});

const textOf = (more: string) => `version: 1
rules:
  - name: by-group
    memberOf: [SG-Sales]
    assign: [{ sku: EMS${more} }]
`;
const sales = (number: number): FoundGroup => ({
  ...{ id: group(number), displayName: 'SG-Sales', securityEnabled: true },
});

/** A tenant with an active policy, in which another one can be activated. */
async function makeTenant() {
  const t = makePipelineWorld();
  t.world.policyText = textOf('');
  t.world.tenantGroups = [sales(1)];
  await t.pipeline.policy.current();
  const listed = { id: userId, properties: { userType: 'Member' }, usageLocation: 'NL', assignments: [] };
  const none = async function* () {};
  const services = {
    ...t.pipeline,
    users: { ...t.pipeline.users, records: none, list: none },
    directory: Object.assign(t.pipeline.directory, {
      listSkuRows: async () => ({ skus: [], skipped: [] }),
      userPage: async () => ({ odd: [], users: [listed] }),
      spellingOf: async (property: string) => property,
      deltaFromNow: async () => 'link',
      groupDeltaFromNow: async () => 'link',
      groupMembers: none,
      listUsers: async function* () {
        yield [listed];
      },
    }),
  } as unknown as Parameters<typeof activatePolicy>[0];
  const activate = (text: string) =>
    activatePolicy(services, { text, file: 'next.yaml' }, { by: 'ann', why: 'a test' });
  /** Another group has the name now. */
  const exchange = (number: number) => {
    t.world.tenantGroups = [sales(number)];
    t.advance(10 * 60_000);
  };
  return { t, activate, exchange };
}

describe('activating a policy whose names stand for something else', () => {
  it('waits for another person, and says which', async () => {
    const { activate, exchange } = await makeTenant();
    exchange(2);

    const { rollout, warnings } = await activate(textOf(', disable: [INTUNE_A]'));

    const said = `group sg-sales was ${group(1)} and is ${group(2)} now`;
    expect(rollout).toMatchObject({
      state: 'awaiting',
      approvalReasons: [{ code: 'approval/names', text: expect.stringContaining(said) }],
    });
    expect(warnings).toContain(`${said}.`);
  });

  it('runs at once where they stand for the same', async () => {
    const { activate } = await makeTenant();

    const { rollout, warnings } = await activate(textOf(', disable: [INTUNE_A]'));

    expect(rollout).toMatchObject({ state: 'running', approvalReasons: [] });
    expect(warnings).toEqual([]);
  });

  it('is refused where the same text was stored with other meanings', async () => {
    const { t, activate, exchange } = await makeTenant();
    const { rollout } = await activate(textOf(', disable: [INTUNE_A]'));
    const pointer = await t.pipeline.policies.pointer();
    await t.pipeline.policies.movePointer(pointer, {
      ...pointer,
      candidate: null,
      isCandidateApproved: false,
    });
    t.pipeline.policy.refresh();
    exchange(3);

    await expect(activate(textOf(', disable: [INTUNE_A]'))).rejects.toMatchObject({
      code: 'policy/bound-otherwise',
      message: expect.stringContaining(`group sg-sales was ${group(1)} and is ${group(3)} now`),
    });
    expect((await t.pipeline.rollouts.list()).map(({ id }) => id)).toEqual([rollout.id]);
  });

  it('is refused where a group is renamed between the check and the binding of its name', async () => {
    const { t, activate } = await makeTenant();
    const { policies } = t.pipeline;
    const pointer = policies.pointer.bind(policies);
    // The check has been made when it is asked for.
    Object.assign(policies, {
      pointer: async () => {
        t.world.tenantGroups = [{ ...sales(1), displayName: 'SG-Verkauf' }];
        return pointer();
      },
    });

    await expect(activate(textOf(', disable: [INTUNE_A]'))).rejects.toMatchObject({
      code: 'policy/invalid',
      message: 'A group that next.yaml names was renamed or deleted meanwhile',
    });
    expect(await t.pipeline.rollouts.list()).toEqual([]);
    expect((await pointer()).candidate).toBeNull();
  });

  it.each<[string, readonly FoundGroup[], string]>([
    ['two security groups have it', [sales(1), sales(2)], '2 security groups'],
    ['none has it', [], 'no group SG-Sales'],
    [
      'only a group of another kind has it',
      [{ ...sales(2), securityEnabled: false }],
      'not security-enabled',
    ],
  ])('is refused where a name stands for nothing sure: %s', async (_what, groups, said) => {
    const { t, activate } = await makeTenant();
    t.world.tenantGroups = groups;

    await expect(activate(textOf(', disable: [INTUNE_A]'))).rejects.toMatchObject({
      code: 'policy/invalid',
      message: expect.stringContaining(said),
    });
    expect(await t.pipeline.rollouts.list()).toEqual([]);
  });
});
