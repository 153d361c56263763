import { z } from 'zod';
import { timeField } from './fields';
import type { Shape } from './fields';

/**
 * How an action ended. `asked`: it has begun, or its process ended in between; `done`; `refused`: it was not allowed or
 * not possible; `failed`: the product or a service it needs was at fault.
 */
export const auditResults = ['asked', 'done', 'refused', 'failed'] as const;
export type AuditResult = (typeof auditResults)[number];

/** What a person did to the queue, the policy or a user, and why. Never deleted by the product. */
export const AuditEntry = z.object({
  at: timeField,
  /** The name that the token shows; `byId` tells people apart. */
  by: z.string(),
  /** Object id from the token; absent: recorded by a version of the app without sign-in. */
  byId: z.string().exactOptional(),
  /** The application roles of the token, such as `Viewer,Operator`. */
  role: z.string().exactOptional(),
  /** From where: the page, a command line, or an application without a user. */
  via: z.enum(['page', 'cli', 'app']).exactOptional(),
  /** `policy/activate`, `rollout/approve`, `failure/dismiss`, `pause/set`, `pin/set`, … */
  action: z.string(),
  /** What it was done to: a user id, a rollout id, a scope, a failure's class. */
  subject: z.string(),
  why: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()),
  /** Absent: recorded after it was done, by an earlier version. */
  result: z.enum(auditResults).exactOptional(),
  /** The request that asked for it, as the answer's `x-request-id` says. */
  requestId: z.string().exactOptional(),
});
export type AuditEntry = Shape<typeof AuditEntry>;
