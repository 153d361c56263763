import { pauseOne } from '../../../shared/ops-api/routes/rollouts';
import { defineRolloutChange } from './rollout-command';

/** licenser rollout pause ID */
export const define = defineRolloutChange('pause', pauseOne);
