import type { PolicyHash, ServicePlanId, SkuId } from '../kernel/ids';

/** What we granted, per SKU: the only licenses and plan settings we may ever take back. */
export type LedgerEntry = {
  readonly skuId: SkuId;
  /** Plans that we switched off; a plan that is off and not here was switched off by a person. */
  readonly disabledByUs: readonly ServicePlanId[];
  readonly rules: readonly string[];
  readonly policyHash: PolicyHash;
  /** The license was there before us and the policy adopts its SKU. */
  readonly adopted: boolean;
  /** Milliseconds; when the policy was first seen not to grant it any more; null while it does. */
  readonly notEntitledSince: number | null;
  /** An exception granted it and no rule did: it goes when the exception ends, whatever the policy says about removals. */
  readonly byPin?: true;
  /** Of `rules` those that were found not to match any more and count for now; absent: none. Sorted by rule. */
  readonly lapsedRules?: readonly LapsedRule[];
};

/** A rule, and when it was first found not to match any more, milliseconds. */
export type LapsedRule = { readonly rule: string; readonly since: number };

export type Ledger = readonly LedgerEntry[];

/** The entry of a license of which nothing is ending: what was, begins anew. */
export function withoutEnding(entry: LedgerEntry): LedgerEntry {
  const { lapsedRules: _, ...rest } = entry;
  return { ...rest, notEntitledSince: null };
}
