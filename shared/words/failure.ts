import { z } from 'zod';
import { countField, timeField } from './fields';
import type { Shape } from './fields';
import { Reason } from './reason';

export const failureStates = ['open', 'dismissed', 'replayed'] as const;
export type FailureState = (typeof failureStates)[number];

/** Who dismissed or replayed a failure, and why. */
export const FailureSettlement = z.object({ by: z.string(), why: z.string().nullable(), at: timeField });
export type FailureSettlement = Shape<typeof FailureSettlement>;

/** Work that was given up on. */
export const Failure = z.object({
  /** One open failure per subject and class; the subject is a user id, or `message:<id>` for unreadable ones. */
  subject: z.string(),
  class: z.string(),
  state: z.enum(failureStates),
  reason: Reason,
  suggestedRepair: z.string(),
  firstAt: timeField,
  lastAt: timeField,
  count: countField,
  /** What can be shown of the message or operation; no secrets. */
  facts: z.record(z.string(), z.unknown()),
  /** Of a user, as it was then; absent: not known then. */
  userPrincipalName: z.string().exactOptional(),
  /** Of one that a person dismissed or replayed; absent: open, or settled by an outcome. */
  settledBy: FailureSettlement.exactOptional(),
});
export type Failure = Shape<typeof Failure>;
