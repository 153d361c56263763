import { describe, expect, it } from '@jest/globals';
import type { FoundGroup } from '../../../../shared/graph/directory';
import { toGroupId, toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import { seeTenant } from '../../../../shared/ops/levels/see-tenant';
import { readFacts } from '../../../../shared/ops/status/read-facts';
import { judge } from '../../../../shared/ops/status/verdict';
import type { QueueInspector } from '../../../../shared/queue/queue-inspector';
import type { ServicePlan, SubscribedSku } from '../../../../shared/words/sku';
import { ems, intune, makePipelineWorld, premium } from '../../../support/pipeline-world';

const minute = 60_000;
const group = (number: number, changes: Partial<FoundGroup> = {}): FoundGroup => ({
  id: toGroupId(`cccccccc-0000-4000-8000-00000000000${String(number)}`),
  displayName: 'SG-Sales',
  securityEnabled: true,
  ...changes,
});
const plan = (servicePlanId: string, servicePlanName: string): ServicePlan => ({
  servicePlanId: toServicePlanId(servicePlanId),
  servicePlanName,
  appliesTo: 'User',
  provisioningStatus: 'Success',
});
const sku = (changes: Partial<SubscribedSku> = {}): SubscribedSku => ({
  skuId: ems,
  skuPartNumber: 'EMS',
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  enabledUnits: 100,
  consumedUnits: 1,
  servicePlans: [plan(intune, 'INTUNE_A'), plan(premium, 'AAD_PREMIUM')],
  ...changes,
});
const otherSku = sku({ skuId: toSkuId('05e9a617-0261-4cee-bb44-138d3ef5d965') });

type Tenant = { readonly groups?: readonly FoundGroup[]; readonly skus?: readonly SubscribedSku[] };
const rules = (body: string) => `version: 1\nrules:\n  - name: sales\n${body}`;
const byGroup = rules('    memberOf: [SG-Sales]\n    assign: [{ sku: EMS }]\n');
const byCondition = rules(
  `    when: 'user.memberOf -any (group.displayName -eq "SG-Sales")'\n    assign: [{ sku: EMS }]\n`,
);
const byScope = `version: 1
scope: { when: 'user.memberOf -any (group.displayName -eq "SG-Sales")' }
rules: [{ name: sales, assign: [{ sku: EMS }] }]
`;
const withPlan = rules('    assign: [{ sku: EMS, disable: [INTUNE_A] }]\n');
const without = rules('    assign: [{ sku: EMS }]\n    without: [INTUNE_A]\n');

/** A policy that was activated in one tenant, and the same app when the tenant has changed. */
async function makeStatus(policyText: string, first: Tenant, then: Tenant = first) {
  const t = makePipelineWorld();
  let skus = first.skus ?? [sku()];
  Object.assign(t.pipeline.directory, { listSkus: async () => skus });
  t.world.policyText = policyText;
  t.world.tenantGroups = first.groups ?? [group(1)];
  await t.pipeline.policy.current();
  skus = then.skus ?? [sku()];
  t.world.tenantGroups = then.groups ?? [group(1)];
  // Doctor and status are to know within a minute; the catalogue and groups are read again before.
  t.advance(minute);
  const inspector = { counts: async () => undefined } as unknown as QueueInspector;
  const asked = {
    services: t.pipeline,
    inspector,
    quotaClosedUntil: async () => null,
    objective: minute,
    counted: async () => ({
      ...{ waiting: [], failures: [], usersWithoutOutcome: 0, countedAt: t.now(), p95: null, minutes: 15 },
    }),
  } as unknown as Parameters<typeof readFacts>[0];
  const causes = async (parts = asked) =>
    judge(await readFacts(parts)).causes.filter(({ code }) => code === 'policy/names');
  return { t, asked, causes };
}

describe('a name of the policy in force that stands for nothing sure', () => {
  it.each<[string, string, string, string, Tenant, Tenant]>([
    ['a group that was deleted', byGroup, 'policy/unknown-group', 'SG-Sales', {}, { groups: [] }],
    [
      'a group that was deleted, when another one has its name',
      byGroup,
      'policy/unknown-group',
      'SG-Sales',
      {},
      { groups: [group(2)] },
    ],
    [
      'a group that never was',
      byGroup,
      'policy/unknown-group',
      'no group "SG-Sales"',
      { groups: [] },
      { groups: [] },
    ],
    [
      'a name of two groups',
      byGroup,
      'policy/ambiguous-group',
      'groups are called',
      { groups: [group(1), group(2)] },
      { groups: [group(1), group(2)] },
    ],
    [
      'a group that is not security-enabled',
      byGroup,
      'policy/unknown-group',
      'not security-enabled',
      { groups: [group(1, { securityEnabled: false })] },
      { groups: [group(1, { securityEnabled: false })] },
    ],
    ['a group in a condition', byCondition, 'policy/unknown-group', 'SG-Sales', {}, { groups: [] }],
    ['a group in the scope', byScope, 'policy/unknown-group', 'SG-Sales', {}, { groups: [] }],
    ['a SKU that is gone', withPlan, 'policy/unknown-sku', 'EMS', {}, { skus: [] }],
    ['a SKU that never was', withPlan, 'policy/unknown-sku', 'EMS', { skus: [] }, { skus: [] }],
    [
      'a SKU that is gone, when another one has its name',
      withPlan,
      'policy/unknown-sku',
      'EMS',
      {},
      { skus: [otherSku] },
    ],
    [
      'a name of two SKUs',
      withPlan,
      'policy/ambiguous-sku',
      'EMS',
      { skus: [sku(), otherSku] },
      { skus: [otherSku, sku()] },
    ],
    [
      'a plan that never was',
      withPlan,
      'policy/unknown-plan',
      'INTUNE_A',
      { skus: [sku({ servicePlans: [plan(premium, 'AAD_PREMIUM')] })] },
      { skus: [sku({ servicePlans: [plan(premium, 'AAD_PREMIUM')] })] },
    ],
    [
      'a name of two plans',
      withPlan,
      'policy/ambiguous-plan',
      'INTUNE_A',
      { skus: [sku({ servicePlans: [plan(intune, 'INTUNE_A'), plan(premium, 'INTUNE_A')] })] },
      { skus: [sku({ servicePlans: [plan(premium, 'INTUNE_A'), plan(intune, 'INTUNE_A')] })] },
    ],
    [
      'a plan under "without" that never was',
      without,
      'policy/unknown-plan',
      'INTUNE_A',
      { skus: [sku({ servicePlans: [plan(premium, 'AAD_PREMIUM')] })] },
      { skus: [sku({ servicePlans: [plan(premium, 'AAD_PREMIUM')] })] },
    ],
  ])('is said by status within a minute: %s', async (_what, policyText, code, text, first, then) => {
    const { t, causes } = await makeStatus(policyText, first, then);

    expect(await causes()).toEqual([
      expect.objectContaining({ subject: code, text: expect.stringContaining(text) }),
    ]);
    // And so it is by what observe keeps for the overview.
    expect((await seeTenant(t.pipeline)).names).toEqual([{ code, text: expect.stringContaining(text) }]);
  });

  it.each<[string, string, Tenant]>([
    ['nothing has changed', byGroup, {}],
    ['the group was renamed', byGroup, { groups: [group(1, { displayName: 'SG-Sales-EMEA' })] }],
    ['another group got its name', byGroup, { groups: [group(2), group(1)] }],
    ['the SKU was renamed', withPlan, { skus: [sku({ skuPartNumber: 'EMS_E3' })] }],
    ['another SKU got its name', withPlan, { skus: [otherSku, sku()] }],
    [
      'the plan was renamed',
      withPlan,
      { skus: [sku({ servicePlans: [plan(intune, 'INTUNE_P1'), plan(premium, 'AAD_PREMIUM')] })] },
    ],
  ])('is none where %s', async (_what, policyText, then) => {
    const { causes } = await makeStatus(policyText, {}, then);

    expect(await causes()).toEqual([]);
  });

  it('is taken from what observe has seen, where that is known', async () => {
    const { asked, causes } = await makeStatus(byGroup, {}, { groups: [] });
    const seen = [{ code: 'policy/unknown-sku' as const, text: 'As observe has seen it.' }];
    const counted = async () => ({ ...(await asked.counted?.()), names: seen });

    expect(await causes({ ...asked, counted } as typeof asked)).toMatchObject([
      { subject: 'policy/unknown-sku', text: 'As observe has seen it.' },
    ]);
  });

  it('is no cause while Graph does not tell', async () => {
    const { t, causes } = await makeStatus(byGroup, {}, { groups: [] });
    Object.assign(t.pipeline.directory, { findGroups: () => Promise.reject(new Error('Graph is away')) });

    expect(await causes()).toEqual([]);
  });
});
