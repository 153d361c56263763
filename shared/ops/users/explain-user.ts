import { isGuid, toUserId } from '../../kernel/ids';
import { decide } from '../../licensing/decide';
import type { Explanation as LicenseExplanation } from '../../licensing/reasons/explain-user';
import { explainUser } from '../../licensing/reasons/explain-user';
import { matchGroups, unsureAmong, userGroupsOf } from '../../licensing/entitlement/match-groups';
import { matchPolicy } from '../../licensing/entitlement/match-rules';
import { resolvePolicy } from '../../licensing/entitlement/resolved-policy';
import type { Services } from '../../pipeline/services';
import { seeUser } from '../../pipeline/look/look-at-user';
import { nameOf } from '../../pipeline/look/seen-user';
import type { Condition, RuleContext, RuleUser, Truth } from '../../policy/condition';
import { foldText } from '../../policy/fold-case';
import type { Policy } from '../../policy/policy';
import { groupsOfRule } from '../../policy/group-references';
import { explainRule } from '../../policy/rule/evaluate/explain-rule';
import type { Explanation } from '../../policy/rule/evaluate/explain-rule';
import { isMembershipRule } from '../../policy/rule/membership-rule';
import { unknownUser } from './find-user';
import { findPolicy } from '../preview/show-preview';
import { readTenantView } from '../../pipeline/look/read-tenant-view';

export type RuleView = {
  readonly name: string;
  readonly truth: Truth;
  /** Clause by clause with the values seen; null: the rule has no `when`. */
  readonly when: Explanation | null;
  readonly memberOf: readonly string[];
  /** Of the groups named, those the user is in; null: the memberships were not read. */
  readonly memberships: readonly string[] | null;
  /** Of the groups that `memberOf` and `when` name, those that the tenant does not have: the rule is undecided by them. */
  readonly unknownGroups: readonly string[];
  /** SKUs as the policy names them. */
  readonly grants: readonly string[];
  readonly without: readonly string[];
};

export type UserExplanation = Omit<LicenseExplanation, 'scope'> & {
  readonly id: string;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
  readonly policyHash: string;
  readonly scope: { readonly truth: Truth; readonly when: Explanation | null };
  /** Every rule of the policy, in its order. */
  readonly rules: readonly RuleView[];
};

export type ExplainingPipeline = Pick<
  Services,
  'directory' | 'users' | 'policy' | 'catalogue' | 'learntConflicts' | 'waitingSkus' | 'settings' | 'clock'
>;

/**
 * Why a user has or lacks each SKU and plan: what a look at the user would decide now, and each rule clause by
 * clause. Nothing is written. `policy`: an edited one; default: the one that is the user's.
 * @throws UserError `ops/unknown-user`, `policy/…`
 */
export async function explainLicenses(
  pipeline: ExplainingPipeline,
  idOrUpn: string,
  edited?: Policy,
): Promise<UserExplanation> {
  const needs = edited?.needs ?? (await pipeline.policy.needs());
  const properties = new Set([...needs.properties, 'userPrincipalName', 'displayName']);
  const [snapshot, { book: _, ...tenant }] = await Promise.all([
    pipeline.directory.findUser(isGuid(idOrUpn) ? toUserId(idOrUpn) : idOrUpn, { ...needs, properties }),
    readTenantView(pipeline),
  ]);
  if (snapshot === undefined) throw unknownUser(idOrUpn);
  const { user, transitiveGroups } = snapshot;
  const record = await pipeline.users.read(user.id);
  const { policy, knownPlans } =
    edited === undefined ? await pipeline.policy.forUser(record) : await findPolicy(pipeline, edited);
  const now = pipeline.clock.now();
  const groups = await pipeline.catalogue.groups(policy);
  const { input } = seeUser({ ...tenant, policy, knownPlans, groups, now }, record, user, transitiveGroups);
  const context: RuleContext = { now, absent: 'undecided', groups };
  const { scope, ...explanation } = explainUser(input, decide(input));
  const { rules } = matchPolicy(
    resolvePolicy(policy, tenant.catalogue),
    user.properties,
    input.memberships,
    context,
  );
  const truths = new Map(rules.map(({ rule, truth }) => [rule.rule.name, truth]));
  const inGroups = transitiveGroups && userGroupsOf(transitiveGroups);
  return {
    id: user.id,
    userPrincipalName: nameOf(user, 'userPrincipalName'),
    displayName: nameOf(user, 'displayName'),
    policyHash: policy.hash,
    ...explanation,
    scope: { truth: scope.truth, when: clausesOf(policy.scope, user.properties, context) },
    rules: policy.rules.map((rule) => ({
      name: rule.name,
      truth: truths.get(rule.name) ?? false,
      when: clausesOf(rule.when, user.properties, context),
      memberOf: rule.memberOf,
      memberships: inGroups
        ? rule.memberOf.filter((group) => matchGroups(new Set([foldText(group)]), inGroups, groups) === true)
        : null,
      unknownGroups: unsureAmong([...groupsOfRule(rule).values()], groups).map(({ reference }) => reference),
      grants: rule.assign.map(({ sku }) => sku),
      without: rule.without,
    })),
  };
}

function clausesOf(when: Condition | null, user: RuleUser, context: RuleContext): Explanation | null {
  return when !== null && isMembershipRule(when) ? explainRule(when, user, context) : null;
}
