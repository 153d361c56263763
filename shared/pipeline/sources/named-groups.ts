import type { Directory, FoundGroup } from '../../graph/directory';
import { mapConcurrently } from '../../kernel/concurrently';
import { isGuid } from '../../kernel/ids';
import type { GroupId } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import { namedGroups } from '../../policy/group-references';
import type { Policy } from '../../policy/policy';
import type { NamedGroups, UnsureGroup } from '../../policy/named-groups';
import type { PolicyBindings } from '../../words/policy-version';

/** As much of a policy as says which groups it names, and what the names were bound to. */
export type GroupsOfPolicy = Pick<Policy, 'scope' | 'rules' | 'bindings'>;

/** Enough to hide the round trip, few enough not to be throttled. */
const readersAtOnce = 8;

/** One name of a policy, with what it stands for and the groups that are called so, whatever it stands for. */
export type FoundName = {
  /** As `foldText` writes it. */
  readonly name: string;
  readonly reference: string;
  /** The groups that it stands for. */
  readonly is: readonly FoundGroup[];
  /** null: what it stands for is sure. */
  readonly unsure: UnsureGroup | null;
  /** Of the groups that it was bound to, those that are gone. */
  readonly gone: readonly GroupId[];
};

/**
 * What the groups that a policy names stand for: what they were bound to when it was stored, else the only security
 * group of that name. The order in which Graph lists groups never counts. One request a name.
 * @throws GraphError
 */
export async function findNamedGroups(
  directory: Pick<Directory, 'findGroups'>,
  policy: GroupsOfPolicy,
  signal?: AbortSignal,
): Promise<NamedGroups> {
  const found = await findEachName(directory, policy, signal);
  return {
    ids: new Map(
      found.flatMap(({ name, is }) => (is.length === 0 ? [] : [[name, new Set(is.map(({ id }) => id))]])),
    ),
    unsure: new Map(found.flatMap(({ name, unsure }) => (unsure === null ? [] : [[name, unsure]]))),
  };
}

/** The same, name by name, in the order in which the policy names them. @throws GraphError */
export async function findEachName(
  directory: Pick<Directory, 'findGroups'>,
  policy: GroupsOfPolicy,
  signal?: AbortSignal,
): Promise<readonly FoundName[]> {
  const references = new Map(namedGroups(policy).map(({ reference }) => [foldText(reference), reference]));
  const bound = boundIds(policy.bindings);
  return mapConcurrently([...references], readersAtOnce, async ([name, reference]) => {
    const ids = bound.get(name) ?? [];
    if (ids.length > 0) return findBound(directory, { name, reference }, ids, signal);
    const called = await directory.findGroups(reference, signal);
    return { name, reference, ...meaningOf(reference, called), gone: [] };
  });
}

async function findBound(
  directory: Pick<Directory, 'findGroups'>,
  { name, reference }: Pick<FoundName, 'name' | 'reference'>,
  ids: readonly GroupId[],
  signal: AbortSignal | undefined,
): Promise<FoundName> {
  const found = await mapConcurrently(ids, readersAtOnce, async (id) => ({
    id,
    group: (await directory.findGroups(id, signal))[0],
  }));
  const is = found.flatMap(({ group }) => (group === undefined ? [] : [group]));
  const gone = found.filter(({ group }) => group === undefined).map(({ id }) => id);
  if (gone.length === 0) return { name, reference, is, unsure: null, gone };
  const others = securityGroups(await directory.findGroups(reference, signal));
  const unsure: UnsureGroup =
    others.length === 0 ? { kind: 'gone', ids: gone } : { kind: 'moved', ids: idsOf(others) };
  return { name, reference, is, unsure, gone };
}

/** What a name that is not bound stands for, of the groups that are called so. Ids stand for themselves. */
function meaningOf(reference: string, called: readonly FoundGroup[]): Pick<FoundName, 'is' | 'unsure'> {
  const counting = isGuid(reference) ? called : securityGroups(called);
  if (counting.length === 1) return { is: counting, unsure: null };
  if (counting.length > 1) return { is: [], unsure: { kind: 'ambiguous', ids: idsOf(counting) } };
  const kind = called.length === 0 ? ('unknown' as const) : ('otherKind' as const);
  return { is: [], unsure: { kind, ids: idsOf(called) } };
}

/** Anybody may make a group of another kind, with any name: https://learn.microsoft.com/entra/identity/users/groups-self-service-management */
function securityGroups(groups: readonly FoundGroup[]): readonly FoundGroup[] {
  return groups.filter(({ securityEnabled }) => securityEnabled !== false);
}

function idsOf(groups: readonly FoundGroup[]): readonly GroupId[] {
  return groups.map(({ id }) => id).sort();
}

function boundIds(bindings: PolicyBindings | null): ReadonlyMap<string, readonly GroupId[]> {
  const bound = new Map<string, GroupId[]>();
  for (const { name, groupId } of bindings?.groups ?? []) {
    bound.set(name, [...(bound.get(name) ?? []), groupId]);
  }
  return bound;
}

/**
 * The ids that the names of groups of a policy stand for today, to be stored with it. A name that stands for nothing
 * sure is not bound. `asBefore`: of a policy that an earlier version of the app stored, which took a name for every group
 * that is called so: those are bound all, so that no user is moved; doctor names them.
 * @throws GraphError
 */
export async function bindGroups(
  directory: Pick<Directory, 'findGroups'>,
  policy: Pick<Policy, 'scope' | 'rules'>,
  asBefore = false,
): Promise<NonNullable<PolicyBindings['groups']>> {
  const found = await findEachName(directory, { ...policy, bindings: null });
  const bound = await mapConcurrently(found, readersAtOnce, async ({ name, reference, is }) => {
    if (isGuid(reference)) return [];
    const groups = asBefore ? await directory.findGroups(reference) : is;
    return groups.map(({ id }) => ({ name, groupId: id }));
  });
  return bound.flat().sort((a, b) => compare(a.name, b.name) || compare(a.groupId, b.groupId));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether every group that the policy names is bound, or named by its id. */
export function areGroupsBound(
  policy: Pick<Policy, 'scope' | 'rules'>,
  { groups }: Pick<PolicyBindings, 'groups'>,
): boolean {
  const known = new Set(groups?.map(({ name }) => name));
  return groups !== undefined && namedGroups(policy).every(({ reference }) => isBound(reference, known));
}

function isBound(reference: string, known: ReadonlySet<string>): boolean {
  return isGuid(reference) || known.has(foldText(reference));
}
