import type { SkuId } from '../../kernel/ids';
import type { RuleContext, RuleUser, Truth } from '../../policy/condition';
import type { Policy } from '../../policy/policy';
import type { Catalogue } from '../catalogue/catalogue';
import type { EntitledSku, Memberships } from '../decision';
import { compareText, sortedIds } from '../../kernel/id-set';
import type { PolicyMatch, RuleMatch } from './match-rules';
import { matchPolicy } from './match-rules';
import type { KnownServicePlans, ServicePlanVerdicts } from '../service-plans/service-plan-verdicts';
import { judgeServicePlans, plansToBeOff } from '../service-plans/service-plan-verdicts';
import type { ResolvedGrant, ResolvedPolicy } from './resolved-policy';
import { resolvePolicy } from './resolved-policy';
import type { Reason } from '../../words/reason';

/** One SKU the policy wants the user to hold. */
export type WantedSku = {
  readonly skuId: SkuId;
  /** The highest priority of the grants. */
  readonly priority: number;
  readonly rules: readonly string[];
  readonly plans: ServicePlanVerdicts;
  /** What stands in while this SKU cannot be had, best first: fallbacks, and lower SKUs granted in their own right. */
  readonly fallbacks: readonly WantedSku[];
};

export type Entitlement = {
  readonly scope: Truth;
  readonly matches: readonly RuleMatch[];
  /** After `exclusive`; highest priority first, then by id. */
  readonly wanted: readonly WantedSku[];
  /** Granted, but a better SKU of its exclusive group is granted too: SKU to that better one. */
  readonly superseded: ReadonlyMap<SkuId, SkuId>;
  /** SKUs that an undecided rule might grant, as themselves or as a fallback: SKU to the rules. */
  readonly undecided: ReadonlyMap<SkuId, readonly RuleMatch[]>;
  readonly unresolved: readonly Reason[];
  /** SKUs, fallbacks too, that rules which match or may match name, and that the tenant does not have. */
  readonly unknownSkus: readonly Reason[];
};

export type EntitleContext = RuleContext & { readonly knownPlans: KnownServicePlans };

/** What the policy says that this user should hold, before seats, conflicts, pins and holdings. */
export function findEntitlement(
  policy: Policy,
  user: RuleUser,
  memberships: Memberships,
  catalogue: Catalogue,
  context: EntitleContext,
): Entitlement {
  const resolved = resolvePolicy(policy, catalogue);
  const match = matchPolicy(resolved, user, memberships, context);
  const memory = memoryOf(resolved, context.knownPlans);
  const known = memory.get(match.key);
  if (known !== undefined) return known;
  if (memory.size >= mostRemembered) memory.clear();
  const entitlement = entitleMatch(resolved, catalogue, match, context.knownPlans);
  memory.set(match.key, entitlement);
  return entitlement;
}

/**
 * Users for whom the same rules hold are entitled to the same, and a tenant has far fewer ways to match than users.
 * Forgotten with the policy or the catalogue.
 */
const memories = new WeakMap<ResolvedPolicy, WeakMap<KnownServicePlans, Map<string, Entitlement>>>();
const mostRemembered = 5_000;

function memoryOf(resolved: ResolvedPolicy, knownPlans: KnownServicePlans): Map<string, Entitlement> {
  const ofPolicy = memories.get(resolved) ?? new WeakMap<KnownServicePlans, Map<string, Entitlement>>();
  memories.set(resolved, ofPolicy);
  const memory = ofPolicy.get(knownPlans) ?? new Map<string, Entitlement>();
  ofPolicy.set(knownPlans, memory);
  return memory;
}

function entitleMatch(
  resolved: ResolvedPolicy,
  catalogue: Catalogue,
  { scope, rules: matches }: PolicyMatch,
  knownPlans: KnownServicePlans,
): Entitlement {
  const matched = scope === true ? matches.filter((match) => match.truth === true) : [];
  const grants = matched.flatMap((match) => match.rule.grants);
  const judge = (skuId: SkuId, of: readonly ResolvedGrant[]) =>
    judgeServicePlans(skuId, of, matches, catalogue, knownPlans);
  const superseded = findSuperseded(new Set(grants.map((grant) => grant.skuId)), resolved.exclusive);
  const wantedIds = sortedIds(grants.map((grant) => grant.skuId)).filter((skuId) => !superseded.has(skuId));
  // An exclusive group belongs to the SKU of it that is wanted: nothing else of it stands in for an outsider.
  const mayBeFallback = (fallback: SkuId, instead: SkuId) =>
    !wantedIds.some(
      (other) => other !== instead && other !== fallback && areExclusive(resolved.exclusive, other, fallback),
    );
  const wanted = wantedIds
    .map((skuId) => makeWanted(skuId, grants, resolved, superseded, judge))
    .map((one) => ({
      ...one,
      fallbacks: one.fallbacks.filter((fallback) => mayBeFallback(fallback.skuId, one.skuId)),
    }))
    .sort((a, b) => b.priority - a.priority || compareText(a.skuId, b.skuId));
  return {
    scope,
    matches,
    wanted,
    superseded,
    undecided: findUndecided(scope, matches),
    unresolved: matched.flatMap((match) => match.rule.unresolved),
    unknownSkus:
      scope === false
        ? []
        : matches.filter((match) => match.truth !== false).flatMap((match) => match.rule.unknownSkus),
  };
}

/** The same, as `licenser policy test` and plans show it: per SKU the plans that are off. */
export function entitle(
  policy: Policy,
  user: RuleUser,
  memberships: Memberships,
  catalogue: Catalogue,
  context: EntitleContext,
): readonly EntitledSku[] {
  return toEntitledSkus(findEntitlement(policy, user, memberships, catalogue, context));
}

/** What is shown and recorded of an entitlement: by SKU, with the plans that are off in a new license. */
export function toEntitledSkus(entitlement: Entitlement): EntitledSku[] {
  return entitlement.wanted
    .map(({ skuId, rules, priority, plans }) => ({
      skuId,
      disabledPlans: plansToBeOff(plans, null),
      rules,
      priority,
    }))
    .sort((a, b) => compareText(a.skuId, b.skuId));
}

/** Both stand in one exclusive group. */
export function areExclusive(exclusive: readonly (readonly SkuId[])[], a: SkuId, b: SkuId): boolean {
  return exclusive.some((group) => group.includes(a) && group.includes(b));
}

function findSuperseded(
  granted: ReadonlySet<SkuId>,
  exclusive: readonly (readonly SkuId[])[],
): ReadonlyMap<SkuId, SkuId> {
  const superseded = new Map<SkuId, SkuId>();
  for (const group of exclusive) {
    const [best, ...lower] = group.filter((skuId) => granted.has(skuId) && !superseded.has(skuId));
    if (best !== undefined) for (const skuId of lower) superseded.set(skuId, best);
  }
  return superseded;
}

function makeWanted(
  skuId: SkuId,
  grants: readonly ResolvedGrant[],
  resolved: ResolvedPolicy,
  superseded: ReadonlyMap<SkuId, SkuId>,
  judge: (skuId: SkuId, grants: readonly ResolvedGrant[]) => ServicePlanVerdicts,
): WantedSku {
  // By priority, then by name: the order of rules in the file never matters.
  const own = grants
    .filter((grant) => grant.skuId === skuId)
    .sort((a, b) => b.priority - a.priority || compareText(a.rule, b.rule));
  const lower = resolved.exclusive
    .filter((group) => group.includes(skuId))
    .flatMap((group) => group.filter((other) => superseded.get(other) === skuId));
  const fallbackIds = [
    ...new Set([...own.flatMap((grant) => grant.fallback.map((one) => one.skuId)), ...lower]),
  ].filter((other) => other !== skuId);
  const fallbacks = fallbackIds.map((other) => {
    const of = [
      ...own.flatMap((grant) => grant.fallback.filter((one) => one.skuId === other)),
      ...grants.filter((grant) => grant.skuId === other),
    ];
    return { ...describe(other, of), plans: judge(other, of), fallbacks: [] };
  });
  return { ...describe(skuId, own), plans: judge(skuId, own), fallbacks };
}

function describe(skuId: SkuId, grants: readonly ResolvedGrant[]) {
  return {
    skuId,
    priority: Math.max(...grants.map((grant) => grant.priority)),
    rules: sortedIds(grants.map((grant) => grant.rule)),
  };
}

function findUndecided(
  scope: Truth,
  matches: readonly RuleMatch[],
): ReadonlyMap<SkuId, readonly RuleMatch[]> {
  const undecided = new Map<SkuId, RuleMatch[]>();
  if (scope === false) return undecided;
  for (const match of matches) {
    if (match.truth === false || (scope === true && match.truth === true)) continue;
    const skuIds = match.rule.grants.flatMap((grant) => [
      grant.skuId,
      ...grant.fallback.map((one) => one.skuId),
    ]);
    for (const skuId of new Set(skuIds)) undecided.set(skuId, [...(undecided.get(skuId) ?? []), match]);
  }
  return undecided;
}
