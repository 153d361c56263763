/**
 * Something a comparison can look at: a property of the user, or of one element inside -any and -all.
 * `read` gives what Graph returned: undefined when it was not read, null when it is empty.
 */
export type Attribute = {
  /** As the documentation spells it: `user.city`, `_`, `assignedPlan.service`. */
  readonly name: string;
  readonly type: 'boolean' | 'dateTime' | 'string' | 'stringCollection' | 'plans' | 'groups';
  /** The path in `Needs.properties`; null for elements and for what has a request of its own (memberOf). */
  readonly needs: string | null;
  readonly read: (target: Readonly<Record<string, unknown>>) => unknown;
  /** Entra knows it as `name`; false: our extension of the language. */
  readonly inEntra: boolean;
  /** May be empty, so that negative comparisons take in users without a value. */
  readonly nullable: boolean;
  /** Takes booleans and numbers as values too: what an extension attribute holds is the tenant's choice. */
  readonly anyScalar?: boolean;
  /** A warning for the person who writes the rule. */
  readonly caution?: string;
};
