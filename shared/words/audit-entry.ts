import { z } from 'zod';
import { timeField } from './fields';
import type { Shape } from './fields';

/** What a person did to the queue, the policy or a user, and why. Never changed, never deleted by the product. */
export const AuditEntry = z.object({
  at: timeField,
  by: z.string(),
  /** `policy/activate`, `rollout/approve`, `failure/dismiss`, `pause/set`, `pin/set`, … */
  action: z.string(),
  /** What it was done to: a user id, a rollout id, a scope, a failure's class. */
  subject: z.string(),
  why: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()),
});
export type AuditEntry = Shape<typeof AuditEntry>;
