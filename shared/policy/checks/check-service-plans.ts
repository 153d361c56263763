import type { Grant, Policy, PolicyRule } from '../policy';
import { isMembershipRule } from '../rule/membership-rule';
import { findPlanByReference, findSkuByReference, sameReference } from './policy-catalogue';
import type { PolicyServicePlan, ServicePlanConflicts, PolicySku } from './policy-catalogue';
import type { Finding, PolicyCheck } from './policy-check';
import { canHold } from './satisfiable';

type Given = {
  readonly rule: PolicyRule;
  readonly ruleIndex: number;
  readonly grantIndex: number;
  readonly sku: PolicySku;
  /** Plans that are on, as far as this rule goes. */
  readonly on: readonly PolicyServicePlan[];
};

/** Plans: a grant that leaves none on, plans that exclude each other, plans that miss what they depend on. */
export const checkServicePlans: PolicyCheck = ({ policy, skus, knowledge }) => {
  if (skus === null) return [];
  const given = grantsOf(policy, skus);
  const findings = given.filter(({ on }) => on.length === 0).map(emptyGrant);
  if (knowledge === null) return findings;
  for (const [index, grant] of given.entries()) {
    // What one SKU holds by itself, Microsoft sells together.
    const others = given.slice(index + 1).filter((other) => mayMeet(policy, grant, other));
    findings.push(...others.flatMap((other) => conflictsBetween(grant, other, knowledge)));
    const together = given.filter(
      (other) => other === grant || other.rule === grant.rule || mayMeet(policy, grant, other),
    );
    findings.push(...missingPrerequisites(grant, together, skus, knowledge));
  }
  return findings;
};

function grantsOf(policy: Policy, skus: readonly PolicySku[]): Given[] {
  return policy.rules.flatMap((rule, ruleIndex) =>
    rule.assign.flatMap((grant, grantIndex) => {
      const sku = findSkuByReference(skus, grant.sku);
      return sku === undefined ? [] : [{ rule, ruleIndex, grantIndex, sku, on: plansOn(rule, grant, sku) }];
    }),
  );
}

function plansOn(rule: PolicyRule, { plans }: Grant, sku: PolicySku): PolicyServicePlan[] {
  const named =
    plans.kind === 'all' ? [] : plans.plans.map((reference) => findPlanByReference(sku, reference));
  const off = rule.without.map((reference) => findPlanByReference(sku, reference));
  return sku.servicePlans.filter(
    (plan) =>
      plan.appliesTo === 'User' &&
      !off.includes(plan) &&
      (plans.kind === 'all' || named.includes(plan) === (plans.kind === 'enable')),
  );
}

function emptyGrant({ rule, ruleIndex, grantIndex, sku }: Given): Finding {
  return {
    severity: 'error',
    code: 'policy/every-plan-off',
    message: `Rule ${rule.name} gives ${sku.skuPartNumber} with every plan switched off`,
    path: ['rules', ruleIndex, 'assign', grantIndex],
    hint: 'Such a license costs a seat and gives nothing: leave the SKU out, or leave a plan on.',
  };
}

/** May one user get both? Members of one exclusive group are never held together. */
function mayMeet(policy: Policy, a: Given, b: Given): boolean {
  const excluded = policy.exclusive.some((group) =>
    [a, b].every(({ sku }) =>
      group.some((member) => [sku.skuId, sku.skuPartNumber].some((name) => sameReference(name, member))),
    ),
  );
  if (excluded && a.sku !== b.sku) return false;
  const conditions = [policy.scope, a.rule.when, b.rule.when].filter((when) => when !== null);
  return canHold(conditions.filter(isMembershipRule).map((when) => when.expression));
}

function conflictsBetween(a: Given, b: Given, knowledge: ServicePlanConflicts): Finding[] {
  const pair = knowledge.conflicts.find(
    ([one, two]) => (has(a, one) && has(b, two)) || (has(a, two) && has(b, one)),
  );
  if (pair === undefined) return [];
  const nameIn = (given: Given) =>
    given.on.find((plan) => pair.some((id) => sameReference(plan.servicePlanId, id)));
  const where =
    a.rule === b.rule ? `Rule ${a.rule.name} gives` : `Rules ${a.rule.name} and ${b.rule.name} together give`;
  return [
    {
      severity: a.rule === b.rule ? 'error' : 'warning',
      code: 'policy/plan-conflict',
      message: `${where} plans that exclude each other: ${nameIn(a)?.servicePlanName ?? ''} in ${a.sku.skuPartNumber} and ${nameIn(b)?.servicePlanName ?? ''} in ${b.sku.skuPartNumber}`,
      path: ['rules', b.ruleIndex, 'assign', b.grantIndex],
      hint: 'Switch one of the two off.',
    },
  ];
}

const has = (given: Given, id: string) => given.on.some((plan) => sameReference(plan.servicePlanId, id));

function missingPrerequisites(
  grant: Given,
  together: readonly Given[],
  skus: readonly PolicySku[],
  knowledge: ServicePlanConflicts,
): Finding[] {
  return knowledge.dependencies
    .filter(
      ({ plan, anyOf }) => has(grant, plan) && !anyOf.some((id) => together.some((other) => has(other, id))),
    )
    .map(({ plan, anyOf }) => ({
      severity: 'warning' as const,
      code: 'policy/plan-prerequisite',
      message: `${nameOf(skus, plan)} in ${grant.sku.skuPartNumber} needs ${anyOf.map((id) => nameOf(skus, id)).join(' or ')}, which this policy does not leave on`,
      path: ['rules', grant.ruleIndex, 'assign', grant.grantIndex],
    }));
}

function nameOf(skus: readonly PolicySku[], planId: string): string {
  const plan = skus
    .flatMap((sku) => sku.servicePlans)
    .find((known) => sameReference(known.servicePlanId, planId));
  return plan?.servicePlanName ?? planId;
}
