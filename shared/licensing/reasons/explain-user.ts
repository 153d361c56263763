import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { Truth } from '../../policy/condition';
import type { DecideInput, Decision } from '../decision';
import type { WantedSku } from '../entitlement/entitlement';
import { describeUnsure } from '../entitlement/match-groups';
import type { RuleMatch } from '../entitlement/match-rules';
import { explainServicePlan, type ServicePlanExplanation } from '../service-plans/explain-service-plan';
import { compareText, sortedIds } from '../../kernel/id-set';
import { makeSituation, type Situation } from '../situation';
import type { Outcome } from '../../words/outcome';
import type { Reason } from '../../words/reason';

export type RuleExplanation = {
  readonly rule: string;
  readonly truth: Truth;
  /** In words: what the rule asks for, and what of it was not so or not known. */
  readonly text: string;
};

export type SkuExplanation = {
  readonly skuId: SkuId;
  readonly skuPartNumber: string;
  /** How the user holds it now. */
  readonly held: readonly ('direct' | 'inherited')[];
  /** Of a direct license. */
  readonly owner: 'ours' | 'adopted' | 'byHand' | null;
  /** null: the policy has nothing to say of it. */
  readonly outcome: Outcome | null;
  /** Why, or why not. */
  readonly text: string;
  readonly rules: readonly RuleExplanation[];
  readonly plans: readonly ServicePlanExplanation[];
};

export type Explanation = {
  readonly scope: { readonly truth: Truth; readonly rule: string | null };
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly findings: readonly Reason[];
  /** Every SKU that the user holds or that the policy could grant, by part number. */
  readonly skus: readonly SkuExplanation[];
};

/** Why a user has or lacks each SKU and each plan, for `licenser explain` and `user show`. */
export function explainUser(input: DecideInput, decision: Decision): Explanation {
  const situation = makeSituation(input);
  const { entitlement, direct, inherited } = situation;
  const wanted = new Map<SkuId, WantedSku>();
  for (const one of entitlement.wanted) {
    for (const fallback of one.fallbacks)
      if (!wanted.has(fallback.skuId)) wanted.set(fallback.skuId, fallback);
  }
  for (const one of entitlement.wanted) wanted.set(one.skuId, one);
  const named = entitlement.matches.flatMap((match) =>
    match.rule.grants.flatMap((grant) => [grant.skuId, ...grant.fallback.map((one) => one.skuId)]),
  );
  const said = decision.skus.map((one) => one.skuId);
  const skuIds = sortedIds([...direct.keys(), ...inherited.keys(), ...named, ...said]);
  return {
    scope: { truth: entitlement.scope, rule: input.policy.scope?.source ?? null },
    outcome: decision.outcome,
    reasons: decision.reasons,
    findings: decision.findings,
    skus: skuIds
      .map((skuId) => explainSku(situation, decision, skuId, wanted.get(skuId)))
      .sort((a, b) => compareText(a.skuPartNumber, b.skuPartNumber)),
  };
}

function explainSku(
  situation: Situation,
  decision: Decision,
  skuId: SkuId,
  wanted: WantedSku | undefined,
): SkuExplanation {
  const { direct, inherited, owned, entitlement, index } = situation;
  const rules = entitlement.matches
    .filter((match) =>
      match.rule.grants.some(
        (grant) => grant.skuId === skuId || grant.fallback.some((one) => one.skuId === skuId),
      ),
    )
    .map(explainRule);
  const outcome = decision.skus.find((one) => one.skuId === skuId);
  const license = owned.get(skuId);
  return {
    skuId,
    skuPartNumber: index.skuName(skuId),
    held: [
      ...(direct.has(skuId) ? (['direct'] as const) : []),
      ...(inherited.has(skuId) ? (['inherited'] as const) : []),
    ],
    owner: direct.has(skuId)
      ? license === undefined
        ? 'byHand'
        : license.entry.adopted
          ? 'adopted'
          : 'ours'
      : null,
    outcome: outcome?.outcome ?? null,
    text: outcome?.reason.text ?? explainSilence(situation, skuId, rules),
    rules,
    plans: index
      .userPlans(skuId)
      .map((plan: ServicePlanId) => explainServicePlan(situation, skuId, plan, wanted)),
  };
}

/** Nothing was decided of a SKU: why not. */
function explainSilence(situation: Situation, skuId: SkuId, rules: readonly RuleExplanation[]): string {
  const { entitlement, index, direct, inherited } = situation;
  const name = index.skuName(skuId);
  if (situation.input.user.deleted) return `The user is deleted: nothing is decided of ${name}.`;
  const better = entitlement.superseded.get(skuId);
  if (better !== undefined) {
    return `A rule grants ${name}, and ${index.skuName(better)} of the same exclusive group is better and granted too.`;
  }
  if (entitlement.scope !== true) {
    return entitlement.scope === false
      ? `${name} is not granted: the user is out of scope.`
      : `${name} is left as it is: whether the user is in scope is not known.`;
  }
  if (direct.has(skuId)) return `${name} was assigned by hand; no rule of the policy grants it.`;
  if (inherited.has(skuId)) return `${name} comes from a group; no rule of the policy grants it.`;
  return rules.length === 0
    ? `No rule of the policy names ${name}.`
    : `${name} is not granted: ${rules.map((rule) => rule.text).join(' ')}`;
}

function explainRule({ rule, truth, groupsMissing, unsureGroups }: RuleMatch): RuleExplanation {
  const { name, when, memberOf } = rule.rule;
  const asks = [
    ...(when === null ? [] : [when.source]),
    ...(memberOf.length === 0 ? [] : [`membership of ${memberOf.map((group) => `"${group}"`).join(' or ')}`]),
  ];
  const asked = asks.length === 0 ? 'every user in scope' : asks.join(', and ');
  const why =
    unsureGroups.length > 0
      ? unsureGroups.map(describeUnsure).join(', and ')
      : `${groupsMissing ? 'group memberships were' : 'a property was'} not read`;
  const text =
    truth === true
      ? `Rule "${name}" matches: ${asked}.`
      : truth === false
        ? `Rule "${name}" does not match: it asks for ${asked}.`
        : `Rule "${name}" could not be decided, because ${why}: it asks for ${asked}.`;
  return { rule: name, truth, text };
}
