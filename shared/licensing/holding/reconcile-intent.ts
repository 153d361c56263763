import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { assignmentsAfter } from './effective-holding';
import type { Holding } from './holding';
import { compareText, sameIds } from '../../kernel/id-set';
import type { License } from '../../words/license';
import type { Ledger, LedgerEntry } from '../../words/ledger';

/** Written down before a Graph write, and found again after a crash. */
export type WrittenIntent = {
  /** The direct holding before. */
  readonly before: readonly License[];
  readonly add: readonly License[];
  readonly remove: readonly SkuId[];
  /** The ledger that becomes true when the write takes effect. */
  readonly ledger: Ledger;
};

export type Reconciliation = {
  /**
   * `applied`: the read shows the write. `notApplied`: it shows the state before it; within the read lag that may
   * still be the write that is not visible yet. `mixed`: another writer changed the user too. `indistinct`: before and after
   * look the same.
   */
  readonly effect: 'applied' | 'notApplied' | 'mixed' | 'indistinct';
  /** The ledger that is true now, by this read. */
  readonly ledger: Ledger;
};

/**
 * Whether a write whose answer was never recorded took effect, and what is ours therefore. Judged per SKU; a SKU
 * that shows neither the state before nor the one after is ours only where another SKU of the same call proves that
 * the call went through: never is a license called ours that a person may have given.
 */
export function reconcileIntent(intent: WrittenIntent, ledger: Ledger, read: Holding): Reconciliation {
  const before = plansBySku(intent.before);
  const after = plansBySku(assignmentsAfter(intent.before, intent));
  const now = plansBySku(read.direct);
  const touched = [...new Set([...intent.add.map((one) => one.skuId), ...intent.remove])];
  const seen = new Map(
    touched.map((skuId) => [skuId, compare(before.get(skuId), after.get(skuId), now.get(skuId))]),
  );
  const shows = new Set(seen.values());
  const effect =
    shows.has('after') && shows.has('before')
      ? 'mixed'
      : shows.has('after')
        ? 'applied'
        : shows.has('before')
          ? 'notApplied'
          : shows.has('other')
            ? 'mixed'
            : 'indistinct';
  const old = bySku(ledger);
  const intended = bySku(intent.ledger);
  const result = new Map(old);
  for (const [skuId, state] of seen) {
    const isOurs = state === 'after' || state === 'same' || (state === 'other' && effect === 'applied');
    const entry = isOurs ? intended.get(skuId) : old.get(skuId);
    if (entry === undefined || !now.has(skuId)) result.delete(skuId);
    else result.set(skuId, entry);
  }
  return { effect, ledger: [...result.values()].sort((a, b) => compareText(a.skuId, b.skuId)) };
}

type Plans = readonly ServicePlanId[] | undefined;

function compare(before: Plans, after: Plans, now: Plans): 'before' | 'after' | 'same' | 'other' {
  const same = (a: Plans, b: Plans) => (a === undefined || b === undefined ? a === b : sameIds(a, b));
  if (same(now, after)) return same(before, after) ? 'same' : 'after';
  return same(now, before) ? 'before' : 'other';
}

function plansBySku(licenses: readonly License[]): Map<SkuId, readonly ServicePlanId[]> {
  return new Map(licenses.map((license) => [license.skuId, license.disabledPlans]));
}

function bySku(ledger: Ledger): Map<SkuId, LedgerEntry> {
  return new Map(ledger.map((entry) => [entry.skuId, entry]));
}
