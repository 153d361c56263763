import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { Operation } from '../../licensing/decision';

/** One line for people: "assign EMS without INTUNE_A; set usage location NL". */
export function describeOperation(operation: Operation, catalogue: Catalogue): string {
  const skuName = (skuId: Operation['remove'][number]) => catalogue.skuById(skuId)?.skuPartNumber ?? skuId;
  const added = operation.add.map(({ skuId, disabledPlans }) => {
    const plans = catalogue.skuById(skuId)?.servicePlans ?? [];
    const off = disabledPlans.map(
      (id) => plans.find((plan) => plan.servicePlanId === id)?.servicePlanName ?? id,
    );
    return `assign ${skuName(skuId)}${off.length > 0 ? ` without ${off.join(', ')}` : ''}`;
  });
  const removed = operation.remove.map((skuId) => `remove ${skuName(skuId)}`);
  const location =
    operation.usageLocation === undefined ? [] : [`set usage location ${operation.usageLocation}`];
  return [...added, ...removed, ...location].join('; ');
}
