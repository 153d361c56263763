import { z } from 'zod';
import { skuIdField } from './fields';
import type { Shape } from './fields';
import { Reason } from './reason';

export const outcomes = [
  'licensed',
  'nothing',
  'waiting',
  'blocked',
  'held',
  'grace',
  'pinned',
  'failed',
  'outOfScope',
] as const;
export type Outcome = (typeof outcomes)[number];

/** As it is stored: an outcome that only a newer version knows is kept as it is. */
export const StoredSkuOutcome = z.object({
  skuId: skuIdField,
  outcome: z.string(),
  reason: Reason,
  /** For `waiting`: this grant's priority, and the fallback that stands in meanwhile. */
  priority: z.number().exactOptional(),
  fallback: skuIdField.exactOptional(),
  /** SKUs that would stand in (better than `fallback`) if the waiting list had a seat of them. */
  seeks: z.array(skuIdField).exactOptional(),
});
export type StoredSkuOutcome = Shape<typeof StoredSkuOutcome>;

/** The outcome for one SKU that the policy grants, or that the ledger says is ours. */
export type SkuOutcome = StoredSkuOutcome & { readonly outcome: Exclude<Outcome, 'failed' | 'outOfScope'> };
