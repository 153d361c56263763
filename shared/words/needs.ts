import type { GroupId } from '../kernel/ids';

/** What must be read of a user before a policy (or rule) can be decided. */
export type Needs = {
  /**
   * Paths of Graph properties, besides id, usageLocation and licenseAssignmentStates: `department`, or
   * `manager/department` for a property of a user or object that a navigation leads to.
   */
  readonly properties: ReadonlySet<string>;
  /** Direct groups: `user.memberOf -any (…)`. */
  readonly directGroups: boolean;
  /** Direct and nested groups: a policy rule's `memberOf: [...]`. */
  readonly transitiveGroups: boolean;
};

export type GroupReference = { readonly id: GroupId; readonly displayName: string };

export const noNeeds: Needs = { properties: new Set(), directGroups: false, transitiveGroups: false };

/** Everything that any of them needs. */
export function joinNeeds(needs: readonly Needs[]): Needs {
  return {
    properties: new Set(needs.flatMap((need) => [...need.properties]).sort()),
    directGroups: needs.some((need) => need.directGroups),
    transitiveGroups: needs.some((need) => need.transitiveGroups),
  };
}

/** The paths that are the user's own properties, which `$select` names and a delta query tracks. */
export function ownProperties(paths: Iterable<string>): string[] {
  return [...paths].filter((path) => !path.includes('/'));
}

/** The others: each navigation with the properties that are read of what it leads to. */
export function navigatedProperties(paths: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const navigations = new Map<string, string[]>();
  for (const path of paths) {
    const [navigation, property] = path.split('/');
    if (navigation === undefined || property === undefined) continue;
    navigations.set(navigation, [...(navigations.get(navigation) ?? []), property]);
  }
  return navigations;
}
