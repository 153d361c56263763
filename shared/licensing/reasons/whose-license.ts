/** Whose a license is that stands in the way of another one: what can be done about it depends on that. */
export type WhoseLicense = {
  /** `policy`: ours, or about to be given. */
  readonly kind: 'policy' | 'byHand' | 'inherited';
  /** Both SKUs stand in one exclusive group of the policy. */
  readonly isExclusive: boolean;
  /** Of an inherited one: names of the groups, or their ids where the names were not read. */
  readonly groups: readonly string[];
};
