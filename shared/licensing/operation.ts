import type { ServicePlanId, SkuId } from '../kernel/ids';
import type { Operation } from './decision';
import { compareText, sortedIds } from '../kernel/id-set';
import type { Proposal } from './proposals/proposal';
import type { Situation } from './situation';
import type { License } from '../words/license';

/**
 * The accepted proposals as one assignLicense call; undefined: nothing to write. Posting a SKU that is held
 * replaces its disabledPlans, so each set is complete
 * (https://learn.microsoft.com/microsoft-365/enterprise/disable-access-to-services-with-microsoft-365-powershell).
 */
export function toOperation(
  situation: Situation,
  accepted: readonly Proposal[],
  usageLocation: string | null,
): Operation | undefined {
  const remove = sortedIds(accepted.flatMap((proposal) => proposal.remove));
  const adding = accepted.filter((proposal) => proposal.add !== null).map((proposal) => proposal.skuId);
  const changing = accepted
    .filter((proposal) => proposal.widen.length + proposal.narrow.length > 0)
    .map((proposal) => proposal.skuId);
  const add = sortedIds([...adding, ...changing]).map((skuId): License => ({
    skuId,
    disabledPlans: plansOffAfter(situation, accepted, skuId),
  }));
  if (add.length === 0 && remove.length === 0) return undefined;
  return {
    kind: kindOf(add.length > 0, remove.length > 0, adding.length > 0),
    add,
    remove,
    ...(usageLocation === null || add.length === 0 ? {} : { usageLocation }),
  };
}

function kindOf(adds: boolean, removes: boolean, isNew: boolean): Operation['kind'] {
  if (!adds) return 'remove';
  if (removes) return 'swap';
  return isNew ? 'assign' : 'changePlans';
}

/** The plans of a SKU that are off once these proposals are taken. */
export function plansOffAfter(
  situation: Situation,
  accepted: readonly Proposal[],
  skuId: SkuId,
): ServicePlanId[] {
  const off = new Set(situation.owned.get(skuId)?.off);
  for (const proposal of accepted) {
    if (proposal.skuId !== skuId) continue;
    for (const plan of proposal.add ?? []) off.add(plan);
    for (const plan of proposal.narrow) off.add(plan);
    for (const plan of proposal.widen) off.delete(plan);
  }
  return [...off].sort(compareText);
}
