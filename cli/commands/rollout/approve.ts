import { approveRollout } from '../../../shared/ops/rollouts/change-rollout';
import { defineRolloutChange } from './rollout-command';

/** licenser rollout approve ID */
export const define = defineRolloutChange('approve', approveRollout);
