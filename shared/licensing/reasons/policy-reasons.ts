import { isGuid, toSkuId } from '../../kernel/ids';
import type { SkuId } from '../../kernel/ids';
import { describeUnsure } from '../entitlement/match-groups';
import type { UnsureReference } from '../entitlement/match-groups';
import type { NamedThings } from '../catalogue/named-things';
import type { SubscribedSku } from '../../words/sku';
import type { Reason } from '../../words/reason';

/** As much of a rule that could not be decided as its reason tells. */
type UndecidedRule = {
  readonly groupsMissing: boolean;
  readonly unsureGroups: readonly UnsureReference[];
  readonly rule: { readonly rule: { readonly name: string } };
};

/** Reasons about the policy itself: what it names and the tenant does not have, or has more than once. */
export function unknownSkuReference(reference: string, rule: string, sku: NoSku): Reason {
  const names = `Rule "${rule}" names the SKU ${reference}`;
  if (sku.kind === 'ambiguous') {
    return {
      code: 'policy/ambiguous-sku',
      text: `${names}, which is the name of several SKUs: ${sku.ids.join(', ')}. Name the right one by its id in the policy.`,
      rule,
    };
  }
  const skuId = sku.kind === 'unknown' ? (isGuid(reference) ? toSkuId(reference) : undefined) : sku.id;
  const was = sku.kind === 'unknown' ? '' : ` (bound to ${sku.id} when the policy was activated)`;
  return {
    code: 'policy/unknown-sku',
    text: `${names}${was}, which this tenant does not have. Buy it, or correct the name in the policy ("licenser sku list" shows the tenant's SKUs).`,
    rule,
    ...(skuId === undefined ? {} : { skuId }),
  };
}

/** `reference`: the plan as the policy names it. */
export function unknownPlanReference(
  reference: string,
  sku: SubscribedSku,
  rule: string,
  plan: NoPlan,
): Reason {
  const names = `Rule "${rule}" names the plan ${reference}`;
  const about = { skuId: sku.skuId, rule };
  const unsure = `Who has ${sku.skuPartNumber} keeps their plans as they are, and no other user gets it while the rule switches that plan off`;
  const check = `"licenser sku plans ${sku.skuPartNumber}" shows its plans.`;
  switch (plan.kind) {
    case 'ambiguous':
      return {
        ...about,
        code: 'policy/ambiguous-plan',
        text: `${names}, which is the name of several plans of ${sku.skuPartNumber}: ${plan.ids.join(', ')}. ${unsure}: name the right one by its id. ${check}`,
      };
    case 'moved':
      return {
        ...about,
        code: 'policy/ambiguous-plan',
        text: `${names}, which was bound to ${plan.id} when the policy was activated. ${sku.skuPartNumber} does not have that plan any more, and another one has its name. ${unsure}: name the right one by its id. ${check}`,
      };
    case 'gone':
      return {
        ...about,
        code: 'policy/unknown-plan',
        text: `${names} (bound to ${plan.id} when the policy was activated), which ${sku.skuPartNumber} does not have any more. Take it out of the policy. ${check}`,
      };
    case 'unknown':
      return {
        ...about,
        code: 'policy/unknown-plan',
        text: `${names}, which ${sku.skuPartNumber} does not have in this tenant. ${unsure}: correct the name. ${check}`,
      };
  }
}

/** A name in `without` that no SKU of the tenant has a plan of. */
export function unknownWithoutReference(reference: string, rule: string): Reason {
  return {
    code: 'policy/unknown-plan',
    text: `Rule "${rule}" names the plan ${reference} under "without", and no SKU of this tenant has a plan of that name. Users of the rule keep their plans as they are, and get no license: correct the name.`,
    rule,
  };
}

type NoSku = Exclude<ReturnType<NamedThings['sku']>, { kind: 'is' }>;
type NoPlan = Exclude<ReturnType<NamedThings['plan']>, { kind: 'is' }>;

/** A freeze: an exception that a person made. */
export function neverTouched(why: string): Reason {
  return {
    code: 'pin/never-touch',
    text: `Nothing is written to this user, as a person decided: ${why}. "licenser exception release" ends it.`,
  };
}

/** The scope names groups that stand for nothing sure, or a property that it looks at was not read. */
export function scopeUndecided(unsure: readonly UnsureReference[] = []): Reason {
  if (unsure.length > 0) {
    return {
      code: groupCode(unsure),
      text: `Whether the user is in scope could not be decided, because ${unsure.map(describeUnsure).join(', and ')}. Nothing is granted and nothing is taken away. ${whatToDo(unsure)}`,
    };
  }
  return {
    code: 'scope/undecided',
    text: 'Whether the user is in scope could not be decided: a property that the scope looks at was not read. Nothing is granted and nothing is taken away until it is known.',
  };
}

/**
 * The scope was decided, and leaves the user out. `lacksUserType`: it would be in as a member, and has no userType,
 * as accounts that were made before guests were known: https://learn.microsoft.com/graph/api/resources/user
 */
export function outOfScope(lacksUserType: boolean): Reason {
  if (lacksUserType) {
    return {
      code: 'scope/no-user-type',
      text: 'The user is outside the policy\'s scope: nothing is granted. The account has no userType, and `user.userType -eq "Member"` is false of it: set its userType, or write `-ne "Guest"`.',
    };
  }
  return {
    code: 'scope/outside',
    text: "The user is outside the policy's scope: nothing is granted.",
  };
}

/** Graph lists the user as deleted. */
export function deletedUser(): Reason {
  return {
    code: 'user/deleted',
    text: 'The user is deleted: nothing is written. If the user is restored, the policy is applied again.',
  };
}

/** The user is in scope, and no rule that matches grants anything. */
export function noGrant(): Reason {
  return {
    code: 'policy/no-rule',
    text: 'No rule of the policy grants this user anything. "licenser explain" shows which clauses were false.',
  };
}

/** `what`: the SKU's or plan's name. */
export function undecidedRule(match: UndecidedRule, what: string, skuId: SkuId): Reason {
  const rule = match.rule.rule.name;
  const { groupsMissing, unsureGroups } = match;
  if (unsureGroups.length > 0) {
    return {
      code: groupCode(unsureGroups),
      text: `Rule "${rule}" could not be decided because ${unsureGroups.map(describeUnsure).join(', and ')}; ${what} stays as it is. ${whatToDo(unsureGroups)}`,
      skuId,
      rule,
    };
  }
  const missing = groupsMissing ? 'the group memberships were' : 'a property it looks at was';
  return {
    code: 'rule/undecided',
    text: `Rule "${rule}" could not be decided because ${missing} not read; ${what} stays as it is. It is decided at the next look with complete data.`,
    skuId,
    rule,
  };
}

function groupCode(unsure: readonly UnsureReference[]): Reason['code'] {
  return unsure.every(({ kind }) => kind === 'ambiguous') ? 'policy/ambiguous-group' : 'policy/unknown-group';
}

function whatToDo(unsure: readonly UnsureReference[]): string {
  return unsure.some(({ kind }) => kind === 'unknown')
    ? 'Correct the name in the policy, or name the group by its id.'
    : 'Name the right group by its id in the policy.';
}
