import type { DecideInput } from '../../licensing/decision';

/** What a look takes into account beside the user: the same for all users of one plan. */
export type LookSetting = Pick<
  DecideInput,
  'policy' | 'catalogue' | 'seats' | 'learntConflicts' | 'knownPlans' | 'permissions' | 'now'
>;
