import { approvals } from '../../../shared/ops-api/routes/all-routes';
import { defineDecision } from './decide';

/** licenser approval approve ID */
export const define = defineDecision('approve', { why: 'optional', route: approvals.approve });
