import type { SkuId } from '../kernel/ids';
import { isOnlyReported, isTakenAway, plansSwitchedOn } from './holding/drift';
import { compareText, sortedIds, subtractIds } from '../kernel/id-set';
import { plansOffAfter } from './operation';
import type { Proposal } from './proposals/proposal';
import type { OwnedLicense, Situation } from './situation';
import type { Ledger, LedgerEntry } from '../words/ledger';

function driftedPlans(situation: Situation, skuId: SkuId) {
  const wanted = situation.entitlement.wanted.find((one) => one.skuId === skuId);
  return wanted === undefined ? [] : plansSwitchedOn(situation, wanted);
}

/** Plans that we switched off, that are still off, and that the tenant's SKU does not show just now: still ours to open. */
function unseenPlans({ index }: Situation, { license, entry }: OwnedLicense) {
  const shown = index.userPlanSet(license.skuId);
  return entry.disabledByUs.filter((plan) => license.disabledPlans.includes(plan) && !shown.has(plan));
}

/** The ledger once the accepted proposals are confirmed: our licenses that are held then, and no others. */
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
    const disabledByUs = [...subtractIds(off, owned.byPeople), ...unseenPlans(situation, owned)].sort(
      compareText,
    );
    const drifted = isOnlyReported(situation) ? driftedPlans(situation, skuId) : [];
    ledger.push({
      ...(entries.get(skuId) ?? owned.entry),
      disabledByUs: drifted.length === 0 ? disabledByUs : sortedIds(new Set([...disabledByUs, ...drifted])),
    });
  }
  const coming = new Set(accepted.filter(({ add }) => add !== null).map(({ skuId }) => skuId));
  for (const entry of isOnlyReported(situation) ? situation.input.ledger : []) {
    const { skuId } = entry;
    const isDrift = situation.isWanted(skuId) && isTakenAway(situation, skuId);
    if (isDrift && !coming.has(skuId) && !situation.excepted.has(skuId)) ledger.push(entry);
  }
  for (const { skuId, add, carried } of accepted) {
    const entry = entries.get(skuId);
    if (add === null || entry === undefined) continue;
    ledger.push({ ...entry, disabledByUs: subtractIds(add, new Set(carried)) });
  }
  return ledger.sort((a, b) => compareText(a.skuId, b.skuId));
}
