import type { Directory } from '../../graph/directory';
import { UserError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import type { Policy } from '../../policy/policy';
import type { GroupReference } from '../../words/needs';

/** Who is in the groups that a policy's rules name: what deciding asks of memberships, read once for all users. */
export type GroupRoster = {
  /** The groups of `memberOf` rules that this user is in, directly or nested. */
  groupsOf(id: UserId): readonly GroupReference[];
  /** Groups that `memberOf` rules name and that the tenant does not have, as `foldText` writes them. */
  readonly unknown: ReadonlySet<string>;
};

const none: readonly GroupReference[] = [];

/**
 * Reads the transitive members of only the groups that the policy names. A group that is not there, or that goes while
 * it is read, is unknown, which is not empty; a name that several groups share stands for all of them.
 */
export async function readGroupRoster(
  directory: Pick<Directory, 'findGroups' | 'groupMembers'>,
  policy: Policy,
  signal?: AbortSignal,
): Promise<GroupRoster> {
  const references = new Set(policy.rules.flatMap((rule) => rule.memberOf.map(foldText)));
  const groups = new Map<string, GroupReference>();
  const unknown = new Set<string>();
  for (const reference of references) {
    const found = await directory.findGroups(reference, signal);
    if (found.length === 0) unknown.add(reference);
    for (const group of found) groups.set(group.id, group);
  }
  const rosters = new Map<UserId, GroupReference[]>();
  for (const group of groups.values()) {
    try {
      for await (const page of directory.groupMembers(group.id, signal)) {
        for (const id of page) {
          const known = rosters.get(id);
          if (known === undefined) rosters.set(id, [group]);
          else if (known.at(-1) !== group) known.push(group);
        }
      }
    } catch (error) {
      if (!(error instanceof UserError && error.code === 'graph/unknown-group')) throw error;
      for (const name of [group.id.toLowerCase(), foldText(group.displayName)]) unknown.add(name);
    }
  }
  return { groupsOf: (id) => rosters.get(id) ?? none, unknown };
}

/** `unknown` with what the roster did not find either: the reading behind `unknown` may be some seconds older. */
export function withUnknownOf(
  unknown: ReadonlySet<string>,
  roster: Pick<GroupRoster, 'unknown'> | undefined,
): ReadonlySet<string> {
  if (roster === undefined || [...roster.unknown].every((name) => unknown.has(name))) return unknown;
  return new Set([...unknown, ...roster.unknown]);
}
