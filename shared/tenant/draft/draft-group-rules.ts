import type { GroupId, SkuId, UserId } from '../../kernel/ids';
import { readMembershipRule } from '../../policy/rule/membership-rule';
import type { LicenseAssignmentState } from '../../words/license';
import { commonDisabled } from './drafted-rule';
import type { DraftedGrant, DraftedRule } from './drafted-rule';
import type { DraftGroup, DraftUser } from './draft-input';

export type GroupRules = {
  readonly rules: readonly DraftedRule[];
  /** By SKU, the users whom the rules for groups give it. */
  readonly covered: ReadonlyMap<SkuId, ReadonlySet<UserId>>;
  /** The same with those who would get it by these rules, and have not got it by the group. */
  readonly reached: ReadonlyMap<SkuId, ReadonlySet<UserId>>;
};

/** Of the users in scope whom a rule would be for, so many must have the license of the group: the others would gain it. */
const mostHave = 0.98;

/**
 * One rule for each group that gives licenses. Group-based licensing reaches direct members alone, and `memberOf` those of
 * inner groups too: where these have no license, the rule asks for direct members.
 * https://learn.microsoft.com/entra/identity/users/licensing-group-advanced
 * @param now milliseconds
 */
export function draftGroupRules(
  users: readonly DraftUser[],
  groups: readonly DraftGroup[],
  now: number,
): GroupRules {
  const inScope = users.filter(({ isInScope }) => isInScope);
  const covered = new Map<SkuId, Set<UserId>>();
  const reached = new Map<SkuId, Set<UserId>>();
  const rules = groups.flatMap((group): DraftedRule[] => {
    const given = assignmentsOf(inScope, group.id);
    if (given.size === 0) return [];
    const grants = [...given].map(([skuId, states]): DraftedGrant => ({
      skuId,
      disable: commonDisabled([...states.values()]),
    }));
    const has = (id: UserId) => [...given.values()].some((states) => states.has(id));
    const { users: matching, ...who } = choose(group, inScope, has, now);
    for (const [skuId, states] of given) {
      addTo(covered, skuId, states.keys());
      addTo(reached, skuId, [...states.keys(), ...matching.map(({ id }) => id)]);
    }
    const name = group.displayName ?? group.id;
    return [{ name: `group ${name}`, ...who, grants, why: [`Licenses of the group ${name}.`, ...who.why] }];
  });
  return { rules, covered, reached };
}

function addTo(sets: Map<SkuId, Set<UserId>>, skuId: SkuId, ids: Iterable<UserId>): void {
  const known = sets.get(skuId) ?? new Set<UserId>();
  for (const id of ids) known.add(id);
  sets.set(skuId, known);
}

type Who = Pick<DraftedRule, 'when' | 'memberOf' | 'why'> & {
  /** Whom the rule would match, as far as that is known. */
  readonly users: readonly DraftUser[];
};

function choose(
  group: DraftGroup,
  inScope: readonly DraftUser[],
  has: (id: UserId) => boolean,
  now: number,
): Who {
  const members = inScope.filter(({ id }) => group.members.has(id));
  const having = (users: readonly DraftUser[]) => users.filter(({ id }) => has(id)).length;
  const dynamic = matchesOf(group, inScope, now);
  if (
    dynamic !== undefined &&
    having(dynamic) >= mostHave * dynamic.length &&
    having(dynamic) >= mostHave * having(members)
  ) {
    const why = `It is dynamic; its rule stands here, and ${String(dynamic.length)} users match it.`;
    return { when: group.membershipRule, memberOf: [], why: [why], users: dynamic };
  }
  const rule = group.membershipRule === null ? [] : [`It is dynamic: ${group.membershipRule}`];
  if (having(members) >= mostHave * members.length) {
    return {
      when: null,
      memberOf: [group.reference],
      why: [...rule, `${String(members.length)} users are in it.`],
      users: members,
    };
  }
  const inner = members.length - having(members);
  return {
    when: `user.memberOf -any (group.objectId -in ["${group.id}"])`,
    memberOf: [],
    why: [
      ...rule,
      `Direct members alone: ${String(inner)} users are in groups inside it, or have not got its license.`,
    ],
    users: members,
  };
}

/** Users whom the rule of a dynamic group matches; undefined: it has none, or one that cannot be used here. */
function matchesOf(
  { membershipRule }: DraftGroup,
  inScope: readonly DraftUser[],
  now: number,
): readonly DraftUser[] | undefined {
  if (membershipRule === null) return undefined;
  const reading = readMembershipRule(membershipRule);
  if (!reading.valid || reading.rule.needs.directGroups) return undefined;
  const matches = inScope.filter(
    ({ properties }) => reading.rule.evaluate(properties, { now, absent: 'undecided' }) === true,
  );
  return matches.length === 0 ? undefined : matches;
}

/** By SKU and user: what the group gives. A failed assignment gives nothing yet, and belongs to the group all the same. */
function assignmentsOf(
  users: readonly DraftUser[],
  groupId: GroupId,
): ReadonlyMap<SkuId, ReadonlyMap<UserId, LicenseAssignmentState>> {
  const found = new Map<SkuId, Map<UserId, LicenseAssignmentState>>();
  for (const { id, assignments } of users) {
    for (const state of assignments) {
      if (state.assignedByGroup !== groupId) continue;
      const states = found.get(state.skuId) ?? new Map<UserId, LicenseAssignmentState>();
      states.set(id, state);
      found.set(state.skuId, states);
    }
  }
  return found;
}
