import { approve } from '../../../shared/ops-api/routes/rollouts';
import { defineRolloutApproval } from './rollout-command';

/** licenser rollout approve ID --why REASON */
export const define = defineRolloutApproval(approve);
