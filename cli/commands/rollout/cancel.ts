import { cancelOne } from '../../../shared/ops-api/routes/rollouts';
import { defineRolloutChange } from './rollout-command';

/** licenser rollout cancel ID */
export const define = defineRolloutChange('cancel', cancelOne);
