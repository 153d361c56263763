import { catalogueSkus } from '@auto-licenser/graph-emulator/catalogue';
import type { GroupId, UserId } from '../../shared/kernel/ids';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../../shared/kernel/ids';
import { seededRandom } from '../../shared/kernel/random';
import { makeCatalogue } from '../../shared/licensing/catalogue/catalogue';
import type { Catalogue } from '../../shared/licensing/catalogue/catalogue';
import { decide } from '../../shared/licensing/decide';
import type { DecideInput } from '../../shared/licensing/decision';
import { assignmentsAfter } from '../../shared/licensing/holding/effective-holding';
import type { Holding } from '../../shared/licensing/holding/holding';
import { microsoftConflicts } from '../../shared/licensing/service-plans/known-conflicts';
import { noneNew } from '../../shared/licensing/service-plans/service-plan-verdicts';
import type { PreviewCase } from '../../shared/licensing/preview/preview-users';
import { loadPolicy } from '../../shared/policy/file/load-policy';
import type { Policy } from '../../shared/policy/policy';
import { makeBenchUsers, makePolicyRules } from './rule-samples';

/** The time of every sample, milliseconds since 1970. */
export const benchNow = Date.UTC(2026, 10, 22);
const day = 86_400_000;
const groups = Array.from({ length: 10 }, (_, index) => ({
  id: toGroupId(`10000000-0000-4000-8000-${String(index).padStart(12, '0')}`),
  displayName: `SG-Team-${String(index)}`,
}));
const licensingGroup: GroupId = toGroupId('10000000-0000-4000-8000-0000000000ff');

/** The sample tenant's SKUs with these many seats each. */
export function makeBenchCatalogue(seats: number): Catalogue {
  return makeCatalogue(
    catalogueSkus.map((sku) => ({
      skuId: toSkuId(sku.skuId),
      skuPartNumber: sku.skuPartNumber,
      appliesTo: sku.appliesTo,
      capabilityStatus: sku.capabilityStatus,
      enabledUnits: seats,
      consumedUnits: 0,
      servicePlans: sku.servicePlans.map((plan) => ({
        servicePlanId: toServicePlanId(plan.servicePlanId),
        servicePlanName: plan.servicePlanName,
        appliesTo: plan.appliesTo,
        provisioningStatus: 'Success',
      })),
    })),
  );
}

const assigned = [
  '{ sku: EMS, disable: [INTUNE_A] }',
  '{ sku: SPE_E3, disable: [YAMMER_ENTERPRISE] }',
  '{ sku: SPE_E5, fallback: [SPE_E3], priority: 10 }',
  '{ sku: POWER_BI_PRO }',
  '{ sku: SPE_F1, newPlans: off }',
  '{ sku: VISIOCLIENT, priority: 5 }',
];

/** Rules as a big tenant has them: most ask for a department, one in five for a group. */
export function makeBenchPolicy(count: number): Policy {
  const rules = makePolicyRules(count).map((when, index) => {
    const team = index % 5 === 4 ? `\n    memberOf: ["SG-Team-${String((index / 5) | 0)}"]` : '';
    const without = index % 7 === 6 ? '\n    without: [YAMMER_ENTERPRISE]' : '';
    const grant = assigned[index % assigned.length] ?? '';
    return `  - name: rule-${String(index)}\n    when: '${when}'${team}\n    assign: [${grant}]${without}`;
  });
  const text = [
    'version: 1',
    `scope: { when: 'user.userType -eq "Member" -and user.accountEnabled -eq true' }`,
    'usageLocation: { from: country, default: NL }',
    'exclusive: [[SPE_E5, SPE_E3, SPE_F1]]',
    'rules:',
    ...rules,
    'adopt: [EMS]',
    'removal: { mode: remove, grace: 30d }',
    'prices: { SPE_E5: 57, SPE_E3: 36, SPE_F1: 8 }',
  ].join('\n');
  const { policy, problems } = loadPolicy(text, { file: 'bench' });
  if (policy === null) throw new Error(JSON.stringify(problems));
  return policy;
}

/**
 * A tenant in daily use, the same for the same seed, in pages as Graph gives them: of ten users three are new, five
 * are as the policy wants them, one has a license that ends and one has licenses by hand and from a group.
 */
export function* makeBenchCases(
  policy: Policy,
  catalogue: Catalogue,
  count: number,
  seed: number,
): Generator<readonly PreviewCase[]> {
  const random = seededRandom(seed);
  const pageSize = 999;
  for (let from = 0; from < count; from += pageSize) {
    const users = makeBenchUsers(Math.min(pageSize, count - from), seed + from);
    yield users.map((properties, offset) => {
      const id = toUserId(`20000000-0000-4000-8000-${String(from + offset).padStart(12, '0')}`);
      const teams = groups.filter(() => random() < 0.1);
      return makeCase(policy, catalogue, id, { ...properties, country: 'NL' }, teams, (from + offset) % 10);
    });
  }
}

function makeCase(
  policy: Policy,
  catalogue: Catalogue,
  id: UserId,
  properties: Readonly<Record<string, unknown>>,
  teams: DecideInput['memberships']['transitive'],
  kind: number,
): PreviewCase {
  const nothing: Holding = { direct: [], inherited: [], usageLocation: 'NL' };
  const blank: DecideInput = {
    policy,
    user: { id, properties, deleted: false },
    memberships: { transitive: teams },
    holding: nothing,
    catalogue,
    seats: { free: () => 1, listOnly: () => false },
    ledger: [],
    exception: null,
    learntConflicts: microsoftConflicts,
    knownPlans: noneNew,
    previous: null,
    permissions: 'full',
    now: benchNow,
  };
  const user = { id, userPrincipalName: `user.${id.slice(-6)}@contoso.com` };
  return { user, input: kind < 3 ? blank : { ...blank, ...holdingOf(blank, kind) }, since: benchNow };
}

function holdingOf(blank: DecideInput, kind: number): Pick<DecideInput, 'holding' | 'ledger'> {
  const { operation, ledger } = decide(blank);
  const license = (name: string) => ({
    skuId: blank.catalogue.findSku(name)?.skuId ?? toSkuId(name),
    disabledPlans: [],
    state: 'Active',
    error: null,
  });
  const right = assignmentsAfter([], operation ?? { add: [], remove: [] }).map((one) => ({
    ...one,
    state: 'Active',
    error: null,
  }));
  if (kind < 8) return { holding: { ...blank.holding, direct: right }, ledger };
  if (kind === 9) {
    const inherited = [{ ...license('EMS'), groupId: licensingGroup }];
    return { holding: { ...blank.holding, direct: [license('ENTERPRISEPACK')], inherited }, ledger: [] };
  }
  const ending = license('Microsoft_Teams_Premium');
  const entry = {
    skuId: ending.skuId,
    disabledByUs: [],
    rules: ['rule-gone'],
    policyHash: blank.policy.hash,
    adopted: false,
    notEntitledSince: benchNow - 40 * day,
  };
  return { holding: { ...blank.holding, direct: [...right, ending] }, ledger: [...ledger, entry] };
}
