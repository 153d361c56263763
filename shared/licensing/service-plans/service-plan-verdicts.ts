import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { Catalogue } from '../catalogue/catalogue';
import { indexOfCatalogue } from '../catalogue/catalogue-index';
import { compareText, sortedIds } from '../../kernel/id-set';
import type { RuleMatch } from '../entitlement/match-rules';
import type { ResolvedGrant } from '../entitlement/resolved-policy';

/**
 * What the policy says about one plan of one SKU:
 * `keep`: new to the policy and `newPlans: hold`, or not named by a list that has a name wrong; `undecided`: a rule that
 * matters could not be decided. Both leave the plan as the user has it, and off where the user does not have the SKU.
 * `unsure-off`: the list with the wrong name switches off, so no new license is given (findAvailability).
 */
export type ServicePlanVerdict = {
  readonly state: 'on' | 'off' | 'keep' | 'undecided';
  readonly cause: 'grant' | 'without' | 'new-plan' | 'unknown-plan' | 'unsure-off' | 'undecided-rule';
  /** The rules that say so, sorted. */
  readonly rules: readonly string[];
};

export type ServicePlanVerdicts = ReadonlyMap<ServicePlanId, ServicePlanVerdict>;

export type KnownServicePlans = ReadonlyMap<SkuId, ReadonlySet<ServicePlanId>>;

/** Nothing is recorded, so no plan is new. One object, so that what is worked out for it is found again. */
export const noneNew: KnownServicePlans = new Map();

const strength = { off: 0, keep: 1, on: 2 } as const;

/** A plan is on if any grant leaves it on, unless some rule's `without` names it. */
export function judgeServicePlans(
  skuId: SkuId,
  grants: readonly ResolvedGrant[],
  matches: readonly RuleMatch[],
  catalogue: Catalogue,
  knownPlans: KnownServicePlans,
): ServicePlanVerdicts {
  const index = indexOfCatalogue(catalogue);
  const recorded = knownPlans.get(skuId);
  // No SKU is without plans: an empty record was taken from an incomplete read, and calls nothing new.
  const known = recorded?.size === 0 ? undefined : recorded;
  const undecided = matches.filter((match) => match.truth === 'undecided');
  const maybe = undecided.flatMap((match) => match.rule.grants.filter((grant) => grant.skuId === skuId));
  const unsure = matches.filter((match) => match.truth === true && match.rule.unsureWithout.length > 0);
  const verdicts = new Map<ServicePlanId, ServicePlanVerdict>();
  for (const plan of index.userPlans(skuId)) {
    const isNew = known !== undefined && !known.has(plan);
    const names = ({ without, withoutAlike }: RuleMatch['rule']) =>
      without.get(skuId)?.has(plan) === true || (isNew && withoutAlike.get(skuId)?.has(plan) === true);
    const without = matches.filter((match) => names(match.rule));
    const excluded = without.filter((match) => match.truth === true);
    const base = withUnsure(strongest(plan, isNew, grants), unsure);
    const doubts = [
      ...(base.state === 'on' ? without.filter((match) => match.truth === 'undecided') : []).map(
        (match) => match.rule.rule.name,
      ),
      ...(base.state === 'on' ? [] : maybe.filter((grant) => stateIn(grant, plan, isNew) === 'on')).map(
        (grant) => grant.rule,
      ),
    ];
    verdicts.set(
      plan,
      excluded.length > 0
        ? { state: 'off', cause: 'without', rules: sortedIds(excluded.map((match) => match.rule.rule.name)) }
        : doubts.length > 0
          ? { state: 'undecided', cause: 'undecided-rule', rules: sortedIds(doubts) }
          : base,
    );
  }
  return verdicts;
}

function strongest(
  plan: ServicePlanId,
  isNew: boolean,
  grants: readonly ResolvedGrant[],
): ServicePlanVerdict {
  const states = grants.map((grant) => ({ grant, state: stateIn(grant, plan, isNew) }));
  const state = states.reduce<'on' | 'off' | 'keep'>(
    (best, { state }) => (strength[state] > strength[best] ? state : best),
    'off',
  );
  const agreeing = states.filter((one) => one.state === state).map((one) => one.grant);
  const unnamed = agreeing.every((grant) => !grant.choice.plans.has(plan) && grant.choice.others === 'on');
  const isUnsure = agreeing.some(
    (grant) => !grant.choice.plans.has(plan) && grant.choice.others === 'unsure',
  );
  return {
    state,
    cause: isUnsure
      ? 'unsure-off'
      : isNew && unnamed
        ? 'new-plan'
        : state === 'keep'
          ? 'unknown-plan'
          : 'grant',
    rules: sortedIds(agreeing.map((grant) => grant.rule)),
  };
}

/** A name under `without` that stands for nothing may have meant any plan. */
function withUnsure(base: ServicePlanVerdict, unsure: readonly RuleMatch[]): ServicePlanVerdict {
  if (base.state !== 'on' || unsure.length === 0) return base;
  return {
    state: 'keep',
    cause: 'unsure-off',
    rules: sortedIds(unsure.map((match) => match.rule.rule.name)),
  };
}

function stateIn(grant: ResolvedGrant, plan: ServicePlanId, isNew: boolean): 'on' | 'off' | 'keep' {
  const { named, plans, others, alike } = grant.choice;
  if (plans.has(plan) || (isNew && alike?.has(plan) === true)) return named;
  if (others === 'unsure') return 'keep';
  if (others !== 'on' || !isNew) return others;
  return grant.newPlans === 'hold' ? 'keep' : grant.newPlans;
}

/** Plans that must be off in a license, given what is off now (null: the SKU is not held). */
export function plansToBeOff(
  verdicts: ServicePlanVerdicts,
  now: { readonly off: ReadonlySet<ServicePlanId>; readonly byPeople: ReadonlySet<ServicePlanId> } | null,
): ServicePlanId[] {
  const off: ServicePlanId[] = [];
  for (const [plan, verdict] of verdicts) {
    const keptOff = now === null ? verdict.state !== 'on' : now.off.has(plan);
    const isOff =
      verdict.state === 'on'
        ? now !== null && now.byPeople.has(plan)
        : verdict.state === 'off'
          ? true
          : keptOff;
    if (isOff) off.push(plan);
  }
  return off.sort(compareText);
}
