import { z } from 'zod';
import { countField, policyHashField, timeField, userIdField } from './fields';
import type { Shape } from './fields';
import { Reason } from './reason';

/**
 * A planned change of many users: shown before it runs, fed in portions, pausable, cancellable.
 * `activation`: moves users to a candidate policy; `held`: collects what guards held back; `census`: users found
 * without an outcome or drifted; `replay`: failures that are looked at again; `return`: users of a cancelled
 * activation go back to the active policy.
 */
export const rolloutKinds = ['activation', 'held', 'census', 'replay', 'return'] as const;
export type RolloutKind = (typeof rolloutKinds)[number];

/** `collecting`: held changes gather; `awaiting`: for approval; then running, paused; done and cancelled are final. */
export const rolloutStates = ['collecting', 'awaiting', 'running', 'paused', 'done', 'cancelled'] as const;
export type RolloutState = (typeof rolloutStates)[number];

/** A rollout as it is stored. */
export const StoredRollout = z.object({
  id: z.string(),
  kind: z.enum(rolloutKinds),
  state: z.enum(rolloutStates),
  /** The policy its users are decided by. */
  policyHash: policyHashField,
  /** stateHash of the preview it was made from (shared/licensing/preview); null where there was none. */
  planStateHash: z.string().nullable(),
  by: z.string(),
  /** Object id of the person who asked for it; absent: the product, or a version of the app without sign-in. */
  byId: z.string().exactOptional(),
  why: z.string(),
  createdAt: timeField,
  approvedBy: z.string().nullable(),
  approvedById: z.string().exactOptional(),
  startedAt: timeField.nullable(),
  /** Everything that its end asks for has been done. */
  endedAt: timeField.nullable(),
  cancelledAt: timeField.nullable().exactOptional(),
  /** When users whom an activation overtook were last looked at again. Absent: not yet, or by an earlier version. */
  overtakenAt: timeField.exactOptional(),
  /** Guard reasons that ask for approval; empty: none does. */
  approvalReasons: z.array(Reason),
  members: countField,
  /**
   * Members by state, as they were counted at `at` (milliseconds): of a rollout that has ended for good, of a large one about
   * once a minute. Absent: not counted, as by an earlier version.
   */
  counted: z.object({ at: timeField, states: z.record(z.string(), countField) }).exactOptional(),
});
export type Rollout = Shape<typeof StoredRollout> & { readonly etag: string };

/** `dropped`: queued but not written when the rollout was cancelled, or never queued. */
export const memberStates = ['pending', 'queued', 'changed', 'unchanged', 'failed', 'dropped'] as const;
export type MemberState = (typeof memberStates)[number];

/** One user of a rollout. */
export const RolloutMember = z.object({
  userId: userIdField,
  state: z.enum(memberStates),
  queuedAt: timeField.nullable(),
  settledAt: timeField.nullable(),
  /** The outcome the user's row got, or why nothing was changed. */
  outcome: z.string().nullable(),
  reason: Reason.nullable(),
  /** stateDigest of the user in the plan; null: whatever is found is right. */
  plannedDigest: z.string().nullable(),
  /** What the plan said would be written (`plannedChange` of a preview); null where there was no plan. */
  plannedChange: z.string().nullable().default(null),
});
export type RolloutMember = Shape<typeof RolloutMember>;

/** Counts of members by state, all of them 0. */
export function noMembers(): Record<MemberState, number> {
  return { pending: 0, queued: 0, changed: 0, unchanged: 0, failed: 0, dropped: 0 };
}
