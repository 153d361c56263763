import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { groupsOfRule } from '../../policy/group-references';
import { foldText } from '../../policy/fold-case';
import type { Grant, Policy, PolicyRule } from '../../policy/policy';
import type { Catalogue } from '../catalogue/catalogue';
import { plansNamed } from '../catalogue/catalogue';
import { findRenamed, findShared } from '../catalogue/bound-otherwise';
import type { Renamed, Shared } from '../catalogue/bound-otherwise';
import { idMeant, makeNamedThings } from '../catalogue/named-things';
import type { NamedThings } from '../catalogue/named-things';
import { compareText } from '../../kernel/id-set';
import {
  unknownPlanReference,
  unknownSkuReference,
  unknownWithoutReference,
} from '../reasons/policy-reasons';
import type { SubscribedSku } from '../../words/sku';
import type { Reason } from '../../words/reason';

/** Which plans a grant leaves on in one SKU: `others` are the plans that it does not name. */
export type PlanChoice = {
  readonly named: 'on' | 'off';
  readonly plans: ReadonlySet<ServicePlanId>;
  /**
   * `keep`: an enable list names a plan that is not known, so it does not tell what is meant to be off. `unsure`: a
   * disable list does, so it does not tell what may be on.
   */
  readonly others: 'on' | 'off' | 'keep' | 'unsure';
  /** Of a disable list: other plans that have a listed name now. Where such a one is new, it is meant too. */
  readonly alike?: ReadonlySet<ServicePlanId>;
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
  /** Plans that it switches off, by SKU. */
  readonly without: ReadonlyMap<SkuId, ReadonlySet<ServicePlanId>>;
  /** Other plans that have a name in `without` now, by SKU. Where such a one is new, it is meant too. */
  readonly withoutAlike: ReadonlyMap<SkuId, ReadonlySet<ServicePlanId>>;
  /** Names in `without` that no plan of the tenant has, and none was bound to: what may be on is not known. */
  readonly unsureWithout: readonly string[];
  /** SKUs it names that the tenant does not have. */
  readonly unresolved: readonly Reason[];
  /** The same, and fallbacks that the tenant does not have. */
  readonly unknownSkus: readonly Reason[];
};

/** A policy tied to a tenant's catalogue. */
export type ResolvedPolicy = {
  readonly policy: Policy;
  readonly rules: readonly ResolvedRule[];
  /** Best first; a name that never stood for a SKU is left out. */
  readonly exclusive: readonly (readonly SkuId[])[];
  readonly adopt: ReadonlySet<SkuId>;
  /** Every reference the catalogue does not know, or that is not sure, for reasons, findings and doctor. */
  readonly problems: readonly Reason[];
  /** Bound names that the tenant calls otherwise now; they still stand for what they were bound to. */
  readonly renamed: readonly Renamed[];
  /** Bound names that other things of the tenant have as well; these do not count. */
  readonly shared: readonly Shared[];
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
  const things = makeNamedThings(policy.bindings, catalogue);
  const toIds = (references: readonly string[]) =>
    references.flatMap((reference) => {
      const sku = things.sku(reference);
      return sku.kind === 'is' ? [sku.it.skuId] : [];
    });
  // What is gone keeps its place: what stands below it is not the best of its group because of that.
  const toPlaces = (references: readonly string[]) =>
    references.flatMap((reference) => {
      const skuId = idMeant(reference, things.sku(reference));
      return skuId === undefined ? [] : [skuId];
    });
  // By name, so that the order of rules in the file never shows.
  const rules = [...policy.rules]
    .sort((a, b) => compareText(a.name, b.name))
    .map((rule) => resolveRule(rule, catalogue, things, problems));
  return {
    policy,
    rules,
    exclusive: policy.exclusive.map(toPlaces),
    adopt: new Set(toIds(policy.adopt)),
    problems,
    renamed: findRenamed(policy.bindings, catalogue),
    shared: findShared(policy.bindings, catalogue),
  };
}

function resolveRule(
  rule: PolicyRule,
  catalogue: Catalogue,
  things: NamedThings,
  problems: Reason[],
): ResolvedRule {
  const unresolved: Reason[] = [];
  const unknownFallbacks: Reason[] = [];
  const grants: ResolvedGrant[] = [];
  for (const grant of rule.assign) {
    const sku = things.sku(grant.sku);
    if (sku.kind !== 'is') {
      unresolved.push(unknownSkuReference(grant.sku, rule.name, sku));
      const gone = idMeant(grant.sku, sku);
      if (gone !== undefined) grants.push(grantOfGone(rule, grant, gone));
      continue;
    }
    for (const reference of grant.plans.kind === 'all' ? [] : grant.plans.plans) {
      const plan = things.plan(sku.it, reference);
      if (plan.kind !== 'is') problems.push(unknownPlanReference(reference, sku.it, rule.name, plan));
    }
    const main = resolveGrant(rule, grant, sku.it, things, null);
    const fallback = grant.fallback.flatMap((reference) => {
      const other = things.sku(reference);
      if (other.kind === 'is') {
        return other.it === sku.it ? [] : [resolveGrant(rule, grant, other.it, things, main)];
      }
      unknownFallbacks.push(unknownSkuReference(reference, rule.name, other));
      return [];
    });
    grants.push({ ...main, fallback });
  }
  const unknownSkus = [...unresolved, ...unknownFallbacks];
  problems.push(...unknownSkus);
  const { without, alike, unsure } = resolveWithout(rule, catalogue, things);
  problems.push(...unsure.map((reference) => unknownWithoutReference(reference, rule.name)));
  return {
    rule,
    groups: new Set(rule.memberOf.map(foldText)),
    namedGroups: groupsOfRule(rule),
    grants,
    without,
    withoutAlike: alike,
    unsureWithout: unsure,
    unresolved,
    unknownSkus,
  };
}

/**
 * The policy still wants a SKU that is gone, so nothing lower of its exclusive group comes to those who hold it. It cannot
 * be had, and its fallbacks are not given: what the rule grants is not sure.
 */
function grantOfGone(rule: PolicyRule, grant: Grant, skuId: SkuId): ResolvedGrant {
  const choice: PlanChoice = { named: 'on', plans: new Set(), others: 'keep' };
  return {
    rule: rule.name,
    skuId,
    choice,
    newPlans: grant.newPlans,
    priority: grant.priority,
    fallback: [],
  };
}

function resolveWithout(rule: PolicyRule, { skus }: Catalogue, things: NamedThings) {
  const without = new Map<SkuId, ReadonlySet<ServicePlanId>>();
  const alike = new Map<SkuId, ReadonlySet<ServicePlanId>>();
  if (rule.without.length === 0) return { without, alike, unsure: [] };
  const known = new Set<string>();
  for (const sku of skus) {
    const plans = rule.without.flatMap((reference) => {
      const plan = things.plan(sku, reference);
      if (plan.kind !== 'unknown') known.add(reference);
      // Of several plans of one name, each is off: none is to be on.
      return plan.kind === 'is' ? [plan.it.servicePlanId] : plan.kind === 'ambiguous' ? plan.ids : [];
    });
    if (plans.length > 0) without.set(sku.skuId, new Set(plans));
    const called = rule.without.flatMap((reference) => plansNamed(sku, reference));
    if (called.length > 0) alike.set(sku.skuId, new Set(called.map(({ servicePlanId }) => servicePlanId)));
  }
  return { without, alike, unsure: rule.without.filter((reference) => !known.has(reference)) };
}

/** `main`: of the SKU itself, where this is a fallback, which need not have every plan that the grant names. */
function resolveGrant(
  rule: PolicyRule,
  grant: Grant,
  sku: SubscribedSku,
  things: NamedThings,
  main: ResolvedGrant | null,
): ResolvedGrant {
  return {
    rule: rule.name,
    skuId: sku.skuId,
    choice: resolveChoice(grant, sku, things, main?.choice ?? null),
    newPlans: grant.newPlans,
    priority: grant.priority,
    fallback: [],
  };
}

function resolveChoice(
  { plans: asked }: Grant,
  sku: SubscribedSku,
  things: NamedThings,
  main: PlanChoice | null,
): PlanChoice {
  if (asked.kind === 'all') return { named: 'on', plans: new Set(), others: 'on' };
  const found = asked.plans.map((reference) => things.plan(sku, reference));
  const plans = new Set(found.flatMap((plan) => (plan.kind === 'is' ? [plan.it.servicePlanId] : [])));
  const is = (...kinds: readonly (typeof found)[number]['kind'][]) =>
    found.some(({ kind }) => kinds.includes(kind));
  if (asked.kind === 'disable') {
    // What it was bound to is gone: that plan cannot come on.
    const isUnsure =
      is('moved', 'ambiguous') || (main === null ? is('unknown') : is('unknown') && main.others === 'unsure');
    const alike = asked.plans
      .flatMap((reference) => plansNamed(sku, reference))
      .map(({ servicePlanId }) => servicePlanId)
      .filter((id) => !plans.has(id));
    return {
      named: 'off',
      plans,
      others: isUnsure ? 'unsure' : 'on',
      ...(alike.length === 0 ? {} : { alike: new Set(alike) }),
    };
  }
  const isUnsure = main === null && is('unknown', 'gone', 'moved', 'ambiguous');
  return { named: 'on', plans, others: isUnsure ? 'keep' : 'off' };
}
