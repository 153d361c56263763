import type { DecideInput } from '../../licensing/decision';
import type { NamedGroups } from '../../policy/named-groups';

/** What a look takes into account beside the user: the same for all users of one plan. */
export type LookSetting = Pick<
  DecideInput,
  'policy' | 'catalogue' | 'seats' | 'learntConflicts' | 'knownPlans' | 'permissions' | 'now'
> & {
  /** What the groups that the policy names stand for. */
  readonly groups: NamedGroups;
};
