import { approvals } from '../../../shared/ops-api/routes/all-routes';
import { defineDecision } from './decide';

/** licenser approval reject ID --why REASON */
export const define = defineDecision('reject', { why: 'required', route: approvals.reject });
