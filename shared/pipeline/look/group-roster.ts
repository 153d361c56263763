import type { Directory } from '../../graph/directory';
import type { UserId } from '../../kernel/ids';
import type { Policy } from '../../policy/policy';
import type { GroupReference } from '../../words/needs';

/** Who is in the groups that a policy's rules name: what deciding asks of memberships, read once for all users. */
export type GroupRoster = {
  /** The groups of `memberOf` rules that this user is in, directly or nested. */
  groupsOf(id: UserId): readonly GroupReference[];
};

const none: readonly GroupReference[] = [];

/**
 * Reads the transitive members of only the groups that the policy names. A name that no group has has no members,
 * as it has none when users are read one by one; one that several groups share stands for all of them.
 */
export async function readGroupRoster(
  directory: Pick<Directory, 'findGroups' | 'groupMembers'>,
  policy: Policy,
  signal?: AbortSignal,
): Promise<GroupRoster> {
  const references = new Set(
    policy.rules.flatMap((rule) => rule.memberOf.map((group) => group.toLowerCase())),
  );
  const groups = new Map<string, GroupReference>();
  for (const reference of references) {
    for (const group of await directory.findGroups(reference, signal)) groups.set(group.id, group);
  }
  const rosters = new Map<UserId, GroupReference[]>();
  for (const group of groups.values()) {
    for await (const page of directory.groupMembers(group.id, signal)) {
      for (const id of page) {
        const known = rosters.get(id);
        if (known === undefined) rosters.set(id, [group]);
        else if (known.at(-1) !== group) known.push(group);
      }
    }
  }
  return { groupsOf: (id) => rosters.get(id) ?? none };
}
