import { resumeRollout } from '../../../shared/ops/rollouts/change-rollout';
import { defineRolloutChange } from './rollout-command';

/** licenser rollout resume ID */
export const define = defineRolloutChange('resume', resumeRollout);
