import { z } from 'zod';
import { policyHashField, servicePlanIdsField, skuIdField, timeField } from './fields';
import type { Shape } from './fields';

/** A policy in a list: without its text. */
export const PolicyHead = z.object({ hash: policyHashField, storedAt: timeField, by: z.string() });
export type PolicyHead = Shape<typeof PolicyHead>;

/** A policy as it was activated: its text, and the plans that each of its SKUs had then (what `newPlans` is about). */
export const StoredPolicy = PolicyHead.extend({
  /** The YAML text, without its tests' results or anything else that is derived. */
  text: z.string(),
  knownPlans: z.array(z.object({ skuId: skuIdField, servicePlanIds: servicePlanIdsField })),
});
export type StoredPolicy = Shape<typeof StoredPolicy>;

/** Which policies are in force, as it is stored. */
export const StoredPointer = z.object({
  /** null: no policy has been activated yet. */
  active: policyHashField.nullable(),
  /** The policy of the activation rollout that is under way, or that waits for approval. */
  candidate: policyHashField.nullable(),
  /** The rollout that made it the candidate, and alone may approve, complete or leave it. */
  candidateOf: z.string().exactOptional(),
  /** Joiners (users without ledger entries) get an approved candidate at once; others only by its rollout. */
  isCandidateApproved: z.boolean(),
  /** Policies of cancelled activations: users who were moved to one stay on it until a rollout moves them again. */
  left: z.array(policyHashField),
});

/** One row, changed only by compare-and-set, read by every process at most 5 s late. */
export type PolicyPointer = Shape<typeof StoredPointer> & { readonly etag: string | null };
