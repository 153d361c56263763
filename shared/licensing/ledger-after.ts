import type { SkuId } from '../kernel/ids';
import { compareText, subtractIds } from './id-set';
import type { Ledger, LedgerEntry } from './ledger';
import { plansOffAfter } from './operation';
import type { Proposal } from './proposal';
import type { Situation } from './situation';

/** The ledger once the accepted proposals are confirmed: licenses of ours that are held then, and no others. */
export function ledgerAfter(
  situation: Situation,
  entries: ReadonlyMap<SkuId, LedgerEntry>,
  accepted: readonly Proposal[],
): Ledger {
  const removed = new Set(accepted.flatMap((proposal) => proposal.remove));
  const ledger: LedgerEntry[] = [];
  for (const [skuId, owned] of situation.owned) {
    if (removed.has(skuId)) continue;
    const off = plansOffAfter(situation, accepted, skuId);
    ledger.push({ ...(entries.get(skuId) ?? owned.entry), disabledByUs: subtractIds(off, owned.byPeople) });
  }
  for (const { skuId, add, carried } of accepted) {
    const entry = entries.get(skuId);
    if (add === null || entry === undefined) continue;
    ledger.push({ ...entry, disabledByUs: subtractIds(add, new Set(carried)) });
  }
  return ledger.sort((a, b) => compareText(a.skuId, b.skuId));
}
