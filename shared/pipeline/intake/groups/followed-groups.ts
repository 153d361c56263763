import type { GroupId } from '../../../kernel/ids';
import { foldText } from '../../../policy/fold-case';
import { looksAtAnyGroup, namedGroups } from '../../../policy/group-references';
import type { Services } from '../../services';
import { sorted } from './group-position';

/** Whose members' changes are looked at, as the policies in force say it. */
export type FollowedGroups = {
  /** False: no policy asks for groups. */
  readonly isUsed: boolean;
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

/** What the policies of all users name, as the tenant has it now: at most 30 s old. @throws GraphError, UserError */
export async function readFollowedGroups({
  policy,
  catalogue,
}: Pick<Services, 'policy' | 'catalogue'>): Promise<FollowedGroups> {
  const policies = await policy.all();
  const nested = new Set<GroupId>();
  const direct = new Set<GroupId>();
  for (const one of policies) {
    const { ids } = await catalogue.groups(one);
    const transitive = new Set(one.rules.flatMap(({ memberOf }) => memberOf.map(foldText)));
    for (const [name, groups] of ids) {
      for (const id of groups) (transitive.has(name) ? nested : direct).add(id);
    }
  }
  const every = policies.some(looksAtAnyGroup);
  return {
    isUsed: every || policies.some((one) => namedGroups(one).length > 0),
    nested,
    direct,
    every,
    roots: sorted(new Set([...nested, ...direct])),
    policies: policies.map(({ hash }) => hash).sort(),
  };
}
