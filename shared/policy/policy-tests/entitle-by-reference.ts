import { isGuid } from '../../kernel/ids';
import { sameReference } from '../checks/policy-catalogue';
import { foldText } from '../fold-case';
import type { RuleContext, RuleUser } from '../condition';
import type { Grant, Policy, PolicyRule } from '../policy';
import type { Entitle, EntitledReference } from './entitle';

/**
 * What a policy gives a user, worked out from its own words alone: without a tenant's catalogue nothing is known of
 * plans that the policy does not name.
 */
export const entitleByReference: Entitle = (policy, user, context) => {
  if (policy.scope !== null && policy.scope.evaluate(user, context) !== true) return [];
  const rules = policy.rules.filter((rule) => matches(rule, user, context));
  const without = rules.flatMap((rule) => rule.without);
  const skus: string[] = [];
  for (const grant of rules.flatMap((rule) => rule.assign)) {
    if (!skus.some((sku) => sameReference(sku, grant.sku))) skus.push(grant.sku);
  }
  return skus
    .filter((sku) => !isSuperseded(policy, sku, skus))
    .map((sku) => {
      const grants = rules.flatMap((rule) => rule.assign).filter((grant) => sameReference(grant.sku, sku));
      return toEntitled(sku, grants, without);
    });
};

function matches(rule: PolicyRule, user: RuleUser, context: RuleContext): boolean {
  const inGroup =
    rule.memberOf.length === 0 ||
    groupNames(user).some((name) => rule.memberOf.some((group) => foldText(group) === foldText(name)));
  return inGroup && (rule.when === null || rule.when.evaluate(user, context) === true);
}

/** Names and ids of the groups a test's user is in. */
function groupNames(user: RuleUser): string[] {
  const groups = Array.isArray(user['memberOf']) ? (user['memberOf'] as unknown[]) : [];
  return groups.flatMap((group) =>
    typeof group === 'string'
      ? [group]
      : typeof group === 'object' && group !== null
        ? Object.values(group).filter((value): value is string => typeof value === 'string')
        : [],
  );
}

/** Entries of memberOf that are names become groups with that name, so that rules see them as such. */
export function withNamedGroups(user: RuleUser): RuleUser {
  const groups = user['memberOf'];
  if (!Array.isArray(groups)) return user;
  const named = (groups as unknown[]).map((group) =>
    typeof group === 'string' && !isGuid(group) ? { id: null, displayName: group } : group,
  );
  return { ...user, memberOf: named };
}

function isSuperseded(policy: Policy, sku: string, skus: readonly string[]): boolean {
  return policy.exclusive.some((group) => {
    const rank = group.findIndex((member) => sameReference(member, sku));
    return group
      .slice(0, Math.max(0, rank))
      .some((better) => skus.some((other) => sameReference(other, better)));
  });
}

/** A plan is on when any grant leaves it on, unless a matching rule's `without` names it. */
function toEntitled(sku: string, grants: readonly Grant[], without: readonly string[]): EntitledReference {
  const leavesOn = ({ plans }: Grant, plan: string) =>
    plans.kind === 'all' ||
    plans.plans.some((named) => sameReference(named, plan)) === (plans.kind === 'enable');
  const disabled = grants.flatMap(({ plans }) => (plans.kind === 'disable' ? plans.plans : []));
  const off = disabled.filter((plan) => !grants.some((grant) => leavesOn(grant, plan)));
  return {
    sku: [sku],
    off: off.map((plan) => [plan]),
    // Whether the SKU has a plan that only `without` or an allow-list is about, the policy alone does not tell.
    mayBeOff: (plan) =>
      without.some((named) => sameReference(named, plan)) || !grants.some((grant) => leavesOn(grant, plan)),
  };
}
