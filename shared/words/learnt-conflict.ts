import { z } from 'zod';
import type { ServicePlanId, SkuId } from '../kernel/ids';
import { servicePlanIdField, skuIdField, timeField } from './fields';
import type { Shape } from './fields';

/** What a refusal of Graph taught: pairs of plans that exclude each other, plans that need others, SKUs that administrators cannot assign. */
export type LearntConflict =
  | { readonly kind: 'conflict'; readonly plans: readonly [ServicePlanId, ServicePlanId] }
  | {
      readonly kind: 'dependency';
      readonly plan: ServicePlanId;
      readonly anyOf: readonly ServicePlanId[];
    }
  | { readonly kind: 'unassignable'; readonly skuId: SkuId };

/** Graph's own words, and the id of the request: the evidence. */
const evidence = { learntAt: timeField, text: z.string(), requestId: z.string().nullable() };

/** A learnt conflict as it is stored, with its evidence. */
export const StoredLearntConflict = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('conflict'),
    plans: z.tuple([servicePlanIdField, servicePlanIdField]),
    ...evidence,
  }),
  z.object({
    kind: z.literal('dependency'),
    plan: servicePlanIdField,
    anyOf: z.array(servicePlanIdField),
    ...evidence,
  }),
  z.object({ kind: z.literal('unassignable'), skuId: skuIdField, ...evidence }),
]);
export type StoredLearntConflict = Shape<typeof StoredLearntConflict>;
