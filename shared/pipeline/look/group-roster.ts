import type { Directory } from '../../graph/directory';
import { UserError } from '../../kernel/errors';
import type { GroupId, UserId } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import type { Policy } from '../../policy/policy';
import type { NamedGroups, UnsureGroup } from '../../policy/named-groups';
import type { GroupReference } from '../../words/needs';

/** Who is in the groups that a policy's rules name: what deciding asks of memberships, read once for all users. */
export type GroupRoster = {
  /** The groups of `memberOf` rules that this user is in, directly or nested. */
  groupsOf(id: UserId): readonly GroupReference[];
  /** What the names stand for, as the roster was read: a group that went meanwhile is not an empty one. */
  readonly named: NamedGroups;
};

const none: readonly GroupReference[] = [];

/**
 * Reads the transitive members of only the groups that the policy's `memberOf` names. `named`: what the names stand for;
 * a group that goes while it is read stands for nothing sure from then on.
 */
export async function readGroupRoster(
  directory: Pick<Directory, 'groupMembers'>,
  policy: Pick<Policy, 'rules'>,
  named: NamedGroups,
  signal?: AbortSignal,
): Promise<GroupRoster> {
  const names = new Set(policy.rules.flatMap((rule) => rule.memberOf.map(foldText)));
  const groups = new Map<GroupId, GroupReference>();
  for (const name of names) {
    for (const id of named.ids.get(name) ?? []) groups.set(id, { id, displayName: name });
  }
  const gone = new Set<GroupId>();
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
      gone.add(group.id);
    }
  }
  return { groupsOf: (id) => rosters.get(id) ?? none, named: withoutGone(named, gone) };
}

function withoutGone({ ids, unsure }: NamedGroups, gone: ReadonlySet<GroupId>): NamedGroups {
  const lost = [...ids].flatMap(([name, of]): [string, UnsureGroup][] => {
    const away = [...of].filter((id) => gone.has(id));
    return away.length === 0 ? [] : [[name, { kind: 'gone', ids: away }]];
  });
  return lost.length === 0 ? { ids, unsure } : { ids, unsure: new Map([...unsure, ...lost]) };
}
