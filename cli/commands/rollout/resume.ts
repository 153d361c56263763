import { resumeOne } from '../../../shared/ops-api/routes/rollouts';
import { defineRolloutChange } from './rollout-command';

/** licenser rollout resume ID */
export const define = defineRolloutChange('resume', resumeOne);
