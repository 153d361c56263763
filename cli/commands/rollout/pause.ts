import { pauseRollout } from '../../../shared/ops/rollouts/change-rollout';
import { defineRolloutChange } from './rollout-command';

/** licenser rollout pause ID */
export const define = defineRolloutChange('pause', pauseRollout);
