import { cancelRollout } from '../../../shared/ops/rollouts/change-rollout';
import { defineRolloutChange } from './rollout-command';

/** licenser rollout cancel ID */
export const define = defineRolloutChange('cancel', cancelRollout);
