import { z } from 'zod';
import { policyHashField, servicePlanIdsField, skuIdField, timeField } from './fields';
import type { Shape } from './fields';

/** A rule, and when it was first found not to match any more. */
export const LapsedRule = z.object({ rule: z.string(), since: timeField });
export type LapsedRule = Shape<typeof LapsedRule>;

/** What we granted, per SKU: the only licenses and plan settings we may ever take back. */
export const LedgerEntry = z.object({
  skuId: skuIdField,
  /** Plans that we switched off; a plan that is off and not here was switched off by a person. */
  disabledByUs: servicePlanIdsField,
  rules: z.array(z.string()),
  policyHash: policyHashField,
  /** The license was there before us and the policy adopts its SKU. */
  adopted: z.boolean(),
  /** When the policy was first seen not to grant it any more; null while it does. */
  notEntitledSince: timeField.nullable(),
  /** An exception granted it and no rule did: it goes when the exception ends, whatever the policy says about removals. */
  byPin: z.literal(true).exactOptional(),
  /** Of `rules` those that were found not to match any more and count for now; absent: none. Sorted by rule. */
  lapsedRules: z.array(LapsedRule).exactOptional(),
});
export type LedgerEntry = Shape<typeof LedgerEntry>;

export type Ledger = readonly LedgerEntry[];
