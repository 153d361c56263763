import type { GroupId } from '../kernel/ids';

/**
 * Why the name of a group stands for nothing sure. `unknown`: no group has it. `gone`: the group that it was bound to
 * is deleted. `moved`: the same, and another group has the name now. `ambiguous`: several security groups have it.
 * `otherKind`: only groups have it that are not security-enabled, and anybody may make such a group.
 */
export type UnsureGroup = {
  readonly kind: 'unknown' | 'gone' | 'moved' | 'ambiguous' | 'otherKind';
  /** The groups that it is about, sorted; none of an unknown one. */
  readonly ids: readonly GroupId[];
};

/** What the groups that a policy names stand for in the tenant; names (and ids) as `foldText` writes them. */
export type NamedGroups = {
  /** Mostly one id; several where an earlier version of the app took the name for all of them. */
  readonly ids: ReadonlyMap<string, ReadonlySet<GroupId>>;
  /** What such a name decides is undecided: "not found" is not "empty". */
  readonly unsure: ReadonlyMap<string, UnsureGroup>;
};

export const noNamedGroups: NamedGroups = { ids: new Map(), unsure: new Map() };
