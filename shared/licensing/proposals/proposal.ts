import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { WantedSku } from '../entitlement/entitlement';
import type { Reason } from '../../words/reason';
import type { SkuOutcome } from '../../words/outcome';
import type { LedgerEntry } from '../../words/ledger';

/** A step that deciding would like to take; taken as a whole or not at all. */
export type Proposal = {
  /** The SKU it is about: added, changed, or removed. */
  readonly skuId: SkuId;
  /** Plans that are off in a new license of this SKU; null: no new license. */
  readonly add: readonly ServicePlanId[] | null;
  /** Those of them that a person switched off in the license this one replaces: not ours to switch on again. */
  readonly carried: readonly ServicePlanId[];
  /** Plans to switch on and off in a license that is ours. */
  readonly widen: readonly ServicePlanId[];
  readonly narrow: readonly ServicePlanId[];
  /** Our licenses that go in the same call. */
  readonly remove: readonly SkuId[];
  /** It takes something away that is not replaced by something better. */
  readonly reduction: boolean;
  /** Of two that exclude each other, the higher one is taken; an exception is above all. */
  readonly priority: number;
  /** What is said when it is taken: of its SKU first, then of those that go. */
  readonly outcomes: readonly SkuOutcome[];
};

/** A new license that can be had now. */
export type NewLicense = {
  readonly wanted: WantedSku;
  /** The wanted SKU that this one is the fallback of; null: it is wanted for itself. */
  readonly instead: WantedSku | null;
  /** Our better licenses of the same exclusive group that the policy does not grant, and whose grace is over. */
  readonly ending: readonly SkuId[];
};

export type Rejection = { readonly outcome: 'blocked' | 'held' | 'grace'; readonly reason: Reason };

/** What deciding wants, before it is checked as a whole. */
export type Proposals = {
  readonly proposals: readonly Proposal[];
  /** Outcomes of SKUs for which nothing is to be written. */
  readonly outcomes: readonly SkuOutcome[];
  readonly findings: readonly Reason[];
  /** Ledger entries of licenses that stay or come, as they will be, but for `disabledByUs`. */
  readonly entries: ReadonlyMap<SkuId, LedgerEntry>;
  /** Plans per SKU that are on and will be switched off when a second look agrees. */
  readonly staying: ReadonlyMap<SkuId, ReadonlySet<ServicePlanId>>;
  /** When to look again because of them, milliseconds. */
  readonly dates: readonly number[];
};

export const exceptionPriority = Number.POSITIVE_INFINITY;
