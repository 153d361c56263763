import type { DecideInput } from '../../licensing/decision';

/** What a look takes into account beside the user: the same for all users of one plan. */
export type LookSetting = Pick<
  DecideInput,
  'policy' | 'catalogue' | 'seats' | 'learntConflicts' | 'knownPlans' | 'permissions' | 'now'
> & {
  /** Groups that the policy names and that the tenant does not have, as `foldText` writes them. */
  readonly unknownGroups: ReadonlySet<string>;
};
