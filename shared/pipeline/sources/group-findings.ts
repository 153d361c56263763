import type { Directory, FoundGroup } from '../../graph/directory';
import { mapConcurrently } from '../../kernel/concurrently';
import { isGuid } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import { nearestName } from '../../policy/near-name';
import type { GroupFinding } from '../../policy/checks/group-finding';
import { findEachName } from './named-groups';
import type { FoundName, GroupsOfPolicy } from './named-groups';

const readersAtOnce = 4;

/**
 * What is to be said of the groups that a policy names, by the name as `foldText` writes it: what stands for nothing
 * sure, what the tenant calls otherwise now, and other groups of the same name. Two requests a name.
 * @throws GraphError
 */
export async function findGroupFindings(
  directory: Pick<Directory, 'findGroups' | 'groupNamesFrom'>,
  policy: GroupsOfPolicy,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, GroupFinding>> {
  const names = await findEachName(directory, policy, signal);
  const findings = await mapConcurrently(names, readersAtOnce, async (name) => {
    const finding = await judge(directory, name, signal);
    return finding === undefined ? [] : [[name.name, finding] as const];
  });
  return new Map(findings.flat());
}

async function judge(
  directory: Pick<Directory, 'findGroups' | 'groupNamesFrom'>,
  { name, reference, is, unsure }: FoundName,
  signal: AbortSignal | undefined,
): Promise<GroupFinding | undefined> {
  if (unsure !== null) {
    const isMissing = unsure.kind === 'unknown' || unsure.kind === 'gone';
    const near = isMissing ? await nearNames(directory, name, signal) : [];
    return { reference, ...unsure, near };
  }
  if (isGuid(reference)) return undefined;
  if (is.length > 1) return { reference, kind: 'several', ids: idsOf(is), near: [] };
  const [group] = is;
  if (group === undefined) return undefined;
  if (group.securityEnabled === false)
    return { reference, kind: 'otherKindBound', ids: [group.id], near: [] };
  if (foldText(group.displayName) !== name) {
    return { reference, kind: 'renamed', ids: [group.id], near: [group.displayName] };
  }
  const others = (await directory.findGroups(reference, signal)).filter(({ id }) => id !== group.id);
  return others.length === 0 ? undefined : { reference, kind: 'shared', ids: idsOf(others), near: [] };
}

function idsOf(groups: readonly FoundGroup[]): readonly FoundGroup['id'][] {
  return groups.map(({ id }) => id).sort();
}

/** A renamed group mostly keeps its beginning, and so does a misspelt one. */
const beginningLength = 3;
const mostNear = 3;

async function nearNames(
  directory: Pick<Directory, 'groupNamesFrom'>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (isGuid(name)) return [];
  const candidates = await directory.groupNamesFrom([...name].slice(0, beginningLength).join(''), signal);
  const nearest = nearestName(name, candidates);
  const longer = candidates.filter((candidate) => {
    const other = foldText(candidate);
    return other.startsWith(name) || name.startsWith(other);
  });
  return [...new Set([...(nearest === undefined ? [] : [nearest]), ...longer])].slice(0, mostNear);
}
