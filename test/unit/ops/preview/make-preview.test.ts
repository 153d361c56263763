import { describe, expect, it } from '@jest/globals';
import { toSkuId, toUserId } from '../../../../shared/kernel/ids';
import type { UserId } from '../../../../shared/kernel/ids';
import { noneNew } from '../../../../shared/licensing/service-plans/service-plan-verdicts';
import { makePreview } from '../../../../shared/ops/preview/make-preview';
import type { PlanSelection } from '../../../../shared/ops/preview/make-preview';
import { showPreview } from '../../../../shared/ops/preview/show-preview';
import type { Services } from '../../../../shared/pipeline/services';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import type { Policy } from '../../../../shared/policy/policy';
import { ems, makePipelineWorld } from '../../../support/pipeline-world';
import { userState } from '../../../support/user-states';

const [joiner, moved] = [1, 2].map((n) => toUserId(`00000000-0000-4000-8000-00000000000${n}`)) as [
  UserId,
  UserId,
];
const policyOf = (rule: string, percent = '1') => {
  const text = `version: 1\nguards: { maxChanges: { percent: ${percent} } }\nrules: [{ name: r, ${rule} }]\n`;
  const { policy, problems } = loadPolicy(text, { file: 'p.yaml' });
  if (policy === null) throw new Error(JSON.stringify(problems));
  return policy;
};
const active = policyOf('assign: [{ sku: EMS, disable: [INTUNE_A] }]');
const left = policyOf('assign: [{ sku: EMS }]');

/** Two users without licenses: one on the active policy, one whom an activation that was left behind has moved. */
function makeTenant(seats = { enabled: 100, consumed: 1 }): Services {
  const { pipeline, world } = makePipelineWorld();
  Object.assign(world.seats, seats);
  const snapshotOf = (id: UserId) => ({
    user: {
      id,
      properties: { userPrincipalName: `${id}@contoso.com`, userType: 'Member', usageLocation: 'NL' },
      usageLocation: 'NL',
      assignments: [],
    },
  });
  const recordOf = (userId: UserId) => ({
    userId,
    etag: null,
    state: userId === moved ? userState({ policyHash: left.hash }) : null,
    ledger: [],
    exception: null,
  });
  return {
    ...pipeline,
    ledgerCount: async () => 250,
    users: {
      read: async (id: UserId) => recordOf(id),
      records: async function* () {
        yield recordOf(moved);
      },
      list: async function* () {},
    },
    directory: {
      ...pipeline.directory,
      findUser: async (id: UserId) => snapshotOf(id),
      listUsers: async function* () {
        yield [joiner, moved].map((id) => snapshotOf(id).user);
      },
    },
    policy: {
      active: async () => ({ policy: active, knownPlans: noneNew }),
      needs: async () => active.needs,
      forUser: async ({ state }: { state: { policyHash: string | null } | null }) => ({
        policy: state?.policyHash === left.hash ? left : active,
        knownPlans: noneNew,
      }),
    },
  } as unknown as Services;
}

const selections: readonly PlanSelection[] = [{ kind: 'all' }, { kind: 'users', users: [joiner, moved] }];

describe('a plan without a policy', () => {
  it.each(selections)('plans each user by the policy that is theirs: %j', async (selection) => {
    const { preview: plan, policies } = await makePreview(makeTenant(), { selection });

    expect(plan.lines.map(({ user, reasons }) => [user.id, reasons[0]?.text])).toEqual([
      [joiner, 'EMS is assigned without INTUNE_A (rule "r").'],
      [moved, 'EMS is assigned (rule "r").'],
    ]);
    expect(plan.policyHash).toBe(active.hash);
    expect([...policies]).toEqual([
      [active.hash, 1],
      [left.hash, 1],
    ]);
  });

  it('says how many are planned by which', async () => {
    const view = await showPreview(makeTenant(), { selection: { kind: 'all' } });

    expect(view.policyHash).toBe(active.hash);
    expect(view.policies).toEqual([
      { policyHash: active.hash, users: 1 },
      { policyHash: left.hash, users: 1 },
    ]);
  });
});

describe('a plan with a policy', () => {
  it('gives the last seat to the user who has waited longest, on whichever list that is', async () => {
    const tenant = makeTenant({ enabled: 1, consumed: 0 });
    const place = (userId: UserId, skuId: typeof ems, since: number) =>
      tenant.waiting.put({ skuId, userId, userPrincipalName: null, priority: 0, since, fallback: null });
    await place(joiner, ems, 30_000);
    await place(moved, ems, 50_000);
    await place(moved, toSkuId('f8a1db68-be16-40ed-86d5-cb42ce701560'), 10_000);

    const { preview: plan } = await makePreview(tenant, { selection: { kind: 'all' }, policy: left });

    expect(plan.lines.filter(({ gains }) => gains.length > 0).map(({ user }) => user.id)).toEqual([moved]);
  });

  it.each(selections)('plans everybody by it: %j', async (selection) => {
    const { preview: plan, policies } = await makePreview(makeTenant(), { selection, policy: left });

    expect(new Set(plan.lines.map(({ reasons }) => reasons[0]?.text))).toEqual(
      new Set(['EMS is assigned (rule "r").']),
    );
    expect([...policies]).toEqual([[left.hash, 2]]);
  });

  it('says why activating it would wait for another person, and nothing of the kind for a part of the tenant', async () => {
    const tenant = makeTenant();
    const wider = policyOf('assign: [{ sku: EMS }]', '50');
    const codesOf = async (policy: Policy, selection: PlanSelection) =>
      (await showPreview(tenant, { selection, policy })).approval?.map(({ code }) => code);

    expect(await codesOf(wider, { kind: 'all' })).toEqual(['guard/loosened']);
    expect(await codesOf(wider, { kind: 'users', users: [joiner] })).toBeUndefined();
    expect(await codesOf(left, { kind: 'all' })).toEqual([]);
    expect(await codesOf(active, { kind: 'all' })).toEqual([]);
  });
});

describe('the percentages of guards', () => {
  it('are of all users with ledger entries, however few are planned', async () => {
    const { preview: plan } = await makePreview(makeTenant(), {
      selection: { kind: 'users', users: [joiner] },
    });

    expect(plan.guards.usersWithLedger).toBe(250);
  });
});
