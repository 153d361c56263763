import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { isGuid } from '../../kernel/ids';
import { groupsOfRule } from '../../policy/group-references';
import { foldText } from '../../policy/fold-case';
import type { Grant, Policy, PolicyRule } from '../../policy/policy';
import type { Catalogue } from '../catalogue/catalogue';
import { findPlan } from '../catalogue/catalogue';
import { compareText } from '../../kernel/id-set';
import { unknownPlanReference, unknownSkuReference } from '../reasons/policy-reasons';
import type { SubscribedSku } from '../../words/sku';
import type { Reason } from '../../words/reason';

/** Which plans a grant leaves on in one SKU: `others` are the plans that it does not name. */
export type PlanChoice = {
  readonly named: 'on' | 'off';
  readonly plans: ReadonlySet<ServicePlanId>;
  /** `keep`: an enable list names a plan that the SKU does not have, so it does not tell what is meant to be off. */
  readonly others: 'on' | 'off' | 'keep';
};

/** One grant of one rule for one SKU: the SKU it names, or a fallback of it. */
export type ResolvedGrant = {
  readonly rule: string;
  readonly skuId: SkuId;
  readonly choice: PlanChoice;
  readonly newPlans: Grant['newPlans'];
  readonly priority: number;
  readonly fallback: readonly ResolvedGrant[];
};

export type ResolvedRule = {
  readonly rule: PolicyRule;
  /** Of `memberOf`, as foldText writes them. */
  readonly groups: ReadonlySet<string>;
  /** Of `memberOf` and `when`: folded name to the name as the policy writes it. */
  readonly namedGroups: ReadonlyMap<string, string>;
  readonly grants: readonly ResolvedGrant[];
  readonly without: ReadonlySet<string>;
  /** SKUs it names that the tenant does not have. */
  readonly unresolved: readonly Reason[];
  /** The same, and fallbacks that the tenant does not have. */
  readonly unknownSkus: readonly Reason[];
};

/** A policy tied to a tenant's catalogue. */
export type ResolvedPolicy = {
  readonly policy: Policy;
  readonly rules: readonly ResolvedRule[];
  /** Best first; SKUs that the tenant does not have are left out. */
  readonly exclusive: readonly (readonly SkuId[])[];
  readonly adopt: ReadonlySet<SkuId>;
  /** Every reference the catalogue does not know, for `policy check` and doctor. */
  readonly problems: readonly Reason[];
};

const resolved = new WeakMap<Policy, WeakMap<Catalogue, ResolvedPolicy>>();

/** Never throws: what the catalogue does not know becomes a reason. Worked out once per policy and catalogue. */
export function resolvePolicy(policy: Policy, catalogue: Catalogue): ResolvedPolicy {
  const ofPolicy = resolved.get(policy) ?? new WeakMap<Catalogue, ResolvedPolicy>();
  resolved.set(policy, ofPolicy);
  const known = ofPolicy.get(catalogue);
  if (known !== undefined) return known;
  const made = makeResolved(policy, catalogue);
  ofPolicy.set(catalogue, made);
  return made;
}

function makeResolved(policy: Policy, catalogue: Catalogue): ResolvedPolicy {
  const problems: Reason[] = [];
  const toIds = (references: readonly string[]) =>
    references.flatMap((reference) => {
      const sku = catalogue.findSku(reference);
      return sku === undefined ? [] : [sku.skuId];
    });
  // By name, so that the order of rules in the file never shows.
  const rules = [...policy.rules]
    .sort((a, b) => compareText(a.name, b.name))
    .map((rule) => resolveRule(rule, catalogue, problems));
  return {
    policy,
    rules,
    exclusive: policy.exclusive.map(toIds),
    adopt: new Set(toIds(policy.adopt)),
    problems,
  };
}

function resolveRule(rule: PolicyRule, catalogue: Catalogue, problems: Reason[]): ResolvedRule {
  const unresolved: Reason[] = [];
  const unknownFallbacks: Reason[] = [];
  const grants: ResolvedGrant[] = [];
  for (const grant of rule.assign) {
    const sku = catalogue.findSku(grant.sku);
    if (sku === undefined) {
      unresolved.push(unknownSkuReference(grant.sku, rule.name, toKnownId(grant.sku)));
      continue;
    }
    for (const reference of grant.plans.kind === 'all' ? [] : grant.plans.plans) {
      if (findPlan(sku, reference) === undefined) {
        problems.push(unknownPlanReference(reference, sku, rule.name));
      }
    }
    const fallback = grant.fallback.flatMap((reference) => {
      const other = catalogue.findSku(reference);
      if (other !== undefined) return other === sku ? [] : [resolveGrant(rule, grant, other, null)];
      unknownFallbacks.push(unknownSkuReference(reference, rule.name, toKnownId(reference)));
      return [];
    });
    grants.push(resolveGrant(rule, grant, sku, fallback));
  }
  const unknownSkus = [...unresolved, ...unknownFallbacks];
  problems.push(...unknownSkus);
  return {
    rule,
    groups: new Set(rule.memberOf.map(foldText)),
    namedGroups: groupsOfRule(rule),
    grants,
    without: new Set(rule.without.map((plan) => plan.toLowerCase())),
    unresolved,
    unknownSkus,
  };
}

function resolveGrant(
  rule: PolicyRule,
  grant: Grant,
  sku: SubscribedSku,
  fallback: readonly ResolvedGrant[] | null,
): ResolvedGrant {
  return {
    rule: rule.name,
    skuId: sku.skuId,
    choice: resolveChoice(grant, sku, fallback !== null),
    newPlans: grant.newPlans,
    priority: grant.priority,
    fallback: fallback ?? [],
  };
}

/** A fallback need not have every plan that the grant names; the SKU itself should. */
function resolveChoice(grant: Grant, sku: SubscribedSku, isMain: boolean): PlanChoice {
  if (grant.plans.kind === 'all') return { named: 'on', plans: new Set(), others: 'on' };
  const plans = new Set(
    grant.plans.plans.flatMap((reference) => {
      const plan = findPlan(sku, reference);
      return plan === undefined ? [] : [plan.servicePlanId];
    }),
  );
  if (grant.plans.kind === 'disable') return { named: 'off', plans, others: 'on' };
  const isUnsure = isMain && grant.plans.plans.some((reference) => findPlan(sku, reference) === undefined);
  return { named: 'on', plans, others: isUnsure ? 'keep' : 'off' };
}

function toKnownId(reference: string): SkuId | undefined {
  return isGuid(reference) ? (reference.toLowerCase() as SkuId) : undefined;
}
