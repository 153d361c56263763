import type { NamedGroups } from './named-groups';

/**
 * A compiled membership rule (Entra dynamic membership rule syntax,
 * https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership).
 */

/** Three-valued: data that was not loaded makes a rule undecided, never false. */
export type Truth = true | false | 'undecided';

/**
 * A user as Graph v1.0 returns it (property names are Graph's: officeLocation, onPremisesSyncEnabled, …), plus
 * `memberOf`: the *direct* groups, as ids or `{ id, displayName }`; and `manager`: `{ id }` or null.
 * A property that is null is known to be empty; a property that is absent was not read.
 */
export type RuleUser = Readonly<Record<string, unknown>>;

export type RuleContext = {
  /** One `now` per run, milliseconds since the epoch: a run is consistent and testable. */
  readonly now: number;
  /** What an absent property means: `undecided` in the pipeline, `null` for files of complete users. */
  readonly absent: 'null' | 'undecided';
  /** What the names of groups stand for; default: a name stands for every group that is called so. */
  readonly groups?: NamedGroups;
};

export type Condition = {
  /** The rule as written. */
  readonly source: string;
  evaluate(user: RuleUser, context: RuleContext): Truth;
};
