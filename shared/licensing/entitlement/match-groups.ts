import { foldText } from '../../policy/fold-case';
import type { Truth } from '../../policy/condition';
import { noNamedGroups } from '../../policy/named-groups';
import type { NamedGroups, UnsureGroup } from '../../policy/named-groups';
import type { GroupReference } from '../../words/needs';

/** A group as the policy names it, and why that stands for nothing sure. */
export type UnsureReference = UnsureGroup & { readonly reference: string };

/** A user's groups: by id, and by name for where no tenant says what names stand for. */
export type UserGroups = { readonly ids: ReadonlySet<string>; readonly names: ReadonlySet<string> };

/** The groups as `matchGroups` asks for them. */
export function userGroupsOf(groups: readonly GroupReference[]): UserGroups {
  return {
    ids: new Set(groups.map(({ id }) => id.toLowerCase())),
    names: new Set(groups.map(({ displayName }) => foldText(displayName))),
  };
}

/**
 * Is the user in any of these groups? A name that stands for nothing sure is not an empty group: the user may be in
 * what it is to stand for. `of` undefined: the memberships were not read.
 */
export function matchGroups(
  wanted: ReadonlySet<string>,
  of: UserGroups | undefined,
  named: NamedGroups = noNamedGroups,
): Truth {
  if (wanted.size === 0) return true;
  if (of === undefined) return 'undecided';
  let isUnsure = false;
  for (const name of wanted) {
    const ids = named.ids.get(name);
    if (ids !== undefined) {
      for (const id of ids) if (of.ids.has(id)) return true;
    }
    if (named.unsure.has(name)) isUnsure = true;
    else if (ids === undefined && (of.ids.has(name) || of.names.has(name))) return true;
  }
  return isUnsure ? 'undecided' : false;
}

/** Of these references those that stand for nothing sure, with why. */
export function unsureAmong(
  references: readonly string[],
  { unsure }: NamedGroups = noNamedGroups,
): readonly UnsureReference[] {
  if (unsure.size === 0) return [];
  return references.flatMap((reference) => {
    const why = unsure.get(foldText(reference));
    return why === undefined ? [] : [{ reference, ...why }];
  });
}

/** Why a name stands for nothing sure, as the middle of a sentence. */
export function describeUnsure({ reference, kind, ids }: UnsureReference): string {
  switch (kind) {
    case 'unknown':
      return `the tenant has no group "${reference}" (renamed, deleted or misspelt)`;
    case 'gone':
      return `the group "${reference}" (${ids.join(', ')}) was deleted`;
    case 'moved':
      return `the group "${reference}" was deleted, and another one (${ids.join(', ')}) has its name now`;
    case 'ambiguous':
      return `several groups are called "${reference}" (${ids.join(', ')})`;
    case 'otherKind':
      return `the group "${reference}" (${ids.join(', ')}) is not security-enabled, and such a one counts by its id only`;
  }
}
