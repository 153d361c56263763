import { z } from 'zod';
import {
  groupIdField,
  policyHashField,
  servicePlanIdField,
  servicePlanIdsField,
  skuIdField,
  timeField,
} from './fields';
import type { Shape } from './fields';

/** A policy in a list: without its text. */
export const PolicyHead = z.object({ hash: policyHashField, storedAt: timeField, by: z.string() });
export type PolicyHead = Shape<typeof PolicyHead>;

/** What the names of a policy stood for when it was stored; names without letter case, as `foldText` writes them. */
export const PolicyBindings = z.object({
  skus: z.array(z.object({ name: z.string(), skuId: skuIdField })),
  /** Of each SKU that the policy names; a plan's name may stand for different plans in different SKUs. */
  plans: z.array(z.object({ skuId: skuIdField, name: z.string(), servicePlanId: servicePlanIdField })),
  /**
   * Absent: stored by a version that looked groups up by name at each decision. Several of one name: all that such a
   * version took the name for, so that being bound moves no user.
   */
  groups: z.array(z.object({ name: z.string(), groupId: groupIdField })).exactOptional(),
});
export type PolicyBindings = Shape<typeof PolicyBindings>;

/** `first` with what `more` says of names that it has not. */
export function joinBindings(first: PolicyBindings, more: PolicyBindings): PolicyBindings {
  const skus = new Set(first.skus.map(({ name }) => name));
  const plans = new Set(first.plans.map(({ skuId, name }) => `${skuId} ${name}`));
  const groups = joinGroups(first.groups, more.groups);
  return {
    skus: [...first.skus, ...more.skus.filter(({ name }) => !skus.has(name))],
    plans: [...first.plans, ...more.plans.filter(({ skuId, name }) => !plans.has(`${skuId} ${name}`))],
    ...(groups === undefined ? {} : { groups }),
  };
}

function joinGroups(
  first: PolicyBindings['groups'],
  more: PolicyBindings['groups'],
): PolicyBindings['groups'] {
  if (first === undefined || more === undefined) return first ?? more;
  const names = new Set(first.map(({ name }) => name));
  return [...first, ...more.filter(({ name }) => !names.has(name))];
}

/** Whether `joined` says more than `known`, of which it is made. */
export function saysMore(joined: PolicyBindings, known: PolicyBindings): boolean {
  const count = ({ skus, plans, groups }: PolicyBindings) =>
    skus.length + plans.length + (groups?.length ?? -1);
  return count(joined) > count(known);
}

/** A policy as it was activated: its text, and the plans that each of its SKUs had then (what `newPlans` is about). */
export const StoredPolicy = PolicyHead.extend({
  /** The YAML text, without its tests' results or anything else that is derived. */
  text: z.string(),
  knownPlans: z.array(z.object({ skuId: skuIdField, servicePlanIds: servicePlanIdsField })),
  /** Absent: stored by a version that looked names up at each decision; bound at the next start. */
  bindings: PolicyBindings.exactOptional(),
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
