import type { Decision } from '../../../../shared/licensing/decision';
import type { SkuName } from './tenant';
import { planIds, sku, skuNames } from './tenant';
import type { SkuOutcome } from '../../../../shared/words/outcome';

/** A decision's operation in one line, by names: `+EMS -INTUNE_A`, `~EMS`, `-SPE_E3`; '' for none. */
export function operationOf(decision: Decision, held: readonly SkuName[] = []): string {
  const { operation } = decision;
  if (operation === undefined) return '';
  return [
    ...operation.add.map(({ skuId, disabledPlans }) => {
      const name = nameOf(skuId);
      const off = disabledPlans.map(planNameOf).sort();
      return `${held.includes(name) ? '~' : '+'}${name}${off.length > 0 ? `(-${off.join(' -')})` : ''}`;
    }),
    ...operation.remove.map((skuId) => `-${nameOf(skuId)}`),
  ]
    .sort()
    .join(' ');
}

export function outcomeOf(decision: Decision, name: SkuName): SkuOutcome | undefined {
  return decision.skus.find((one) => one.skuId === sku(name));
}

/** `outcome code` of one SKU. */
export function verdictOf(decision: Decision, name: SkuName): string {
  const one = outcomeOf(decision, name);
  return one === undefined ? 'nothing said' : `${one.outcome} ${one.reason.code}`;
}

export const findingsOf = (decision: Decision): string[] => decision.findings.map((one) => one.code).sort();

export function nameOf(skuId: string): SkuName {
  const name = skuNames.find((one) => sku(one) === skuId);
  if (name === undefined) throw new Error(`no such SKU: ${skuId}`);
  return name;
}

export function planNameOf(planId: string): string {
  return Object.entries(planIds).find(([, id]) => id === planId)?.[0] ?? planId;
}
