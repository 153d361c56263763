import type { GroupId } from '../kernel/ids';

/** What must be read of a user before a policy (or rule) can be decided. */
export type Needs = {
  /** Graph property names for `$select`, besides id, usageLocation and licenseAssignmentStates. */
  readonly properties: ReadonlySet<string>;
  readonly manager: boolean;
  /** Direct groups: `user.memberOf -any (…)`. */
  readonly directGroups: boolean;
  /** Direct and nested groups: a policy rule's `memberOf: [...]`. */
  readonly transitiveGroups: boolean;
};

export type GroupReference = { readonly id: GroupId; readonly displayName: string };
