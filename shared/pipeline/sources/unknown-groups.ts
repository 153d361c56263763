import type { Directory } from '../../graph/directory';
import { foldText } from '../../policy/fold-case';
import { namedGroups } from '../../policy/group-references';
import { nearestName } from '../../policy/near-name';
import type { Policy } from '../../policy/policy';
import { isGuid } from '../../kernel/ids';
import { readConcurrently } from '../../kernel/concurrently';

/**
 * The groups that a policy names and that the tenant does not have, as `foldText` writes them. "Not found" is not
 * "empty": what such a group decides is undecided.
 * @throws GraphError
 */
export async function findUnknownGroups(
  directory: Pick<Directory, 'findGroups'>,
  policy: Pick<Policy, 'scope' | 'rules'>,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const references = new Map(namedGroups(policy).map(({ reference }) => [foldText(reference), reference]));
  const unknown = new Set<string>();
  const found = readConcurrently([...references], async ([name, reference]) => ({
    name,
    groups: await directory.findGroups(reference, signal),
  }));
  for await (const { name, groups } of found) if (groups.length === 0) unknown.add(name);
  return unknown;
}

/**
 * The same with what was probably meant: folded name to names that the tenant has, which may be none.
 * @throws GraphError
 */
export async function findNearGroups(
  directory: Pick<Directory, 'findGroups' | 'groupNamesFrom'>,
  policy: Pick<Policy, 'scope' | 'rules'>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const unknown = await findUnknownGroups(directory, policy, signal);
  const near = new Map<string, readonly string[]>();
  for (const name of unknown) near.set(name, await nearNames(directory, name, signal));
  return near;
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
