import type { GroupId } from '../../../kernel/ids';
import { foldText } from '../../../policy/fold-case';
import { looksAtAnyGroup, namedGroups } from '../../../policy/group-references';
import type { Policy } from '../../../policy/policy';
import { timing } from '../../../kernel/timing';
import type { Services } from '../../services';
import { sorted } from './group-position';

/** Whose members' changes are looked at, as the policies in force say it. */
export type FollowedGroups = {
  /** Members of nested groups count too. */
  readonly nested: ReadonlySet<GroupId>;
  /** Only direct members count. */
  readonly direct: ReadonlySet<GroupId>;
  /** A rule looks at parts of names, so direct members of every group count. */
  readonly every: boolean;
  /** Both sorted, as a position holds them. */
  readonly roots: readonly GroupId[];
  readonly policies: readonly string[];
};

/** Whether any of these policies asks for groups. */
export function areGroupsUsed(policies: readonly Policy[]): boolean {
  return policies.some(looksAtAnyGroup) || policies.some((one) => namedGroups(one).length > 0);
}

/**
 * What these policies name, as the tenant has it: at most 30 s old, and with more than 100 names older by
 * `timing.intake.groupName` a name. Another policy is read at once.
 * @throws GraphError, UserError
 */
export async function readFollowedGroups(
  { catalogue }: Pick<Services, 'catalogue'>,
  policies: readonly Policy[],
): Promise<FollowedGroups> {
  const nested = new Set<GroupId>();
  const direct = new Set<GroupId>();
  for (const one of policies) {
    const { ids } = await catalogue.groups(one, undefined, oldest(one));
    const transitive = new Set(one.rules.flatMap(({ memberOf }) => memberOf.map(foldText)));
    for (const [name, groups] of ids) {
      for (const id of groups) (transitive.has(name) ? nested : direct).add(id);
    }
  }
  return {
    nested,
    direct,
    every: policies.some(looksAtAnyGroup),
    roots: sorted(new Set([...nested, ...direct])),
    policies: policies.map(({ hash }) => hash).sort(),
  };
}

/** A request a name: the more there are, the more seldom. Milliseconds. */
function oldest(policy: Policy): number {
  return Math.max(timing.sources.groups.ms, namedGroups(policy).length * timing.intake.groupName.ms);
}
