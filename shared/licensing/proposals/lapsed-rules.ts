import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { compareText, sortedIds } from '../../kernel/id-set';
import { timing } from '../../kernel/timing';
import { judgeServicePlans } from '../service-plans/service-plan-verdicts';
import type { Situation } from '../situation';
import type { LapsedRule } from '../../words/ledger';

/** Plans of one license that the policy wants off now, and that stay on because of the same rules. */
export type StayingPlans = {
  readonly plans: readonly ServicePlanId[];
  readonly rules: readonly string[];
  /** When they are switched off, milliseconds; null: not before a rule that could not be decided is decided. */
  readonly dueAt: number | null;
};

export type Lapses = {
  readonly staying: readonly StayingPlans[];
  /** Rules of the ledger's entry that count for now, although they do not match. */
  readonly rules: readonly string[];
  /** Those of them that were found not to match. */
  readonly lapsed: readonly LapsedRule[];
  /** The next time at which one of them counts no more, milliseconds. */
  readonly dueAt: number | null;
};

const none: Lapses = { staying: [], rules: [], lapsed: [], dueAt: null };

/** When a rule that was found not to match at this time counts no more, milliseconds. */
export function lapseEndsAt({ since }: LapsedRule): number {
  return since + timing.licensing.agreeingLooks.ms;
}

/**
 * What of `narrow` (plans to switch off in our license) has to wait, because a rule that left it on has only
 * just stopped matching: the user's data may have been read late. Under another policy than the entry's nothing
 * waits: its activation was approved. Nor does a plan that the `without` of a matching rule names.
 */
export function findLapses(situation: Situation, skuId: SkuId, narrow: readonly ServicePlanId[]): Lapses {
  const { input, entitlement, owned } = situation;
  const entry = owned.get(skuId)?.entry;
  if (entry === undefined || entry.policyHash !== input.policy.hash) return none;
  const names = new Set(entry.rules);
  const lapsed: LapsedRule[] = [];
  const undecided: string[] = [];
  const rulesOf = new Map<ServicePlanId, string[]>();
  for (const { rule, truth } of entitlement.matches) {
    const { name } = rule.rule;
    if (truth === true || !names.has(name)) continue;
    const grants = rule.grants
      .flatMap((grant) => [grant, ...grant.fallback])
      .filter((grant) => grant.skuId === skuId);
    const known = entry.lapsedRules?.find((one) => one.rule === name);
    const lapse = known ?? { rule: name, since: input.now };
    if (truth === false && known !== undefined && input.now >= lapseEndsAt(known)) continue;
    const verdicts = judgeServicePlans(skuId, grants, entitlement.matches, input.catalogue, input.knownPlans);
    const spared = narrow.filter((plan) => verdicts.get(plan)?.state !== 'off');
    if (truth === 'undecided') {
      undecided.push(name);
      if (known !== undefined) lapsed.push(known);
    } else if (spared.length > 0) lapsed.push(lapse);
    for (const plan of spared) rulesOf.set(plan, [...(rulesOf.get(plan) ?? []), name]);
  }
  const dueOf = new Map(lapsed.map((one) => [one.rule, lapseEndsAt(one)]));
  for (const name of undecided) dueOf.delete(name);
  return {
    staying: findStaying(rulesOf, dueOf),
    rules: sortedIds([...undecided, ...lapsed.map((one) => one.rule)]),
    lapsed: lapsed.sort((a, b) => compareText(a.rule, b.rule)),
    dueAt: dueOf.size === 0 ? null : Math.min(...dueOf.values()),
  };
}

function findStaying(
  rulesOf: ReadonlyMap<ServicePlanId, readonly string[]>,
  dueOf: ReadonlyMap<string, number>,
): StayingPlans[] {
  const groups = new Map<string, { plans: ServicePlanId[]; rules: readonly string[] }>();
  for (const [plan, rules] of rulesOf) {
    const key = JSON.stringify(rules);
    const group = groups.get(key) ?? { plans: [], rules };
    group.plans.push(plan);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ plans, rules }) => {
    const isOpen = rules.some((rule) => !dueOf.has(rule));
    return { plans, rules, dueAt: isOpen ? null : Math.max(...rules.map((rule) => dueOf.get(rule) ?? 0)) };
  });
}
