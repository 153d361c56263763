import { exclusivePlans, skus } from './make-odd-users';
import type { OddUser, PlanName, SkuName } from './make-odd-users';

/** Direct licenses: SKU to the plans that are off, sorted. */
export type Held = ReadonlyMap<SkuName, readonly PlanName[]>;

/**
 * What a user must hold directly in the end, worked out from what the values mean: a second opinion that shares no code
 * with the product. Nothing is ever taken away here.
 */
export function expectedOf({ means, usageLocation, groups, hand }: OddUser): Held {
  const held = new Map<SkuName, readonly PlanName[]>();
  if (hand !== null) held.set(hand[0], [...hand[1]].sort());
  if (!means.isMember || !means.isEnabled) return held;
  if (usageLocation === null && means.country === null) return held;
  const inherited: PlanName[][] = [
    ...(groups.includes('e3') ? [[...skus.SPE_E3.plans]] : []),
    ...(groups.includes('e3WithoutYammer')
      ? [skus.SPE_E3.plans.filter((plan) => plan !== 'YAMMER_ENTERPRISE')]
      : []),
  ];
  const isEngineer = groups.includes('engineers') || groups.includes('nested');
  const wanted: [SkuName, PlanName[]][] = [
    ...(means.isHead ? [['SPE_E5', []] as [SkuName, PlanName[]]] : []),
    ...(isEngineer && !means.isHead ? [['SPE_E3', []] as [SkuName, PlanName[]]] : []),
    ...(means.department === 'sales' ? [['EMS', ['INTUNE_A']] as [SkuName, PlanName[]]] : []),
    ...(means.department === 'support' ? [['EMS', []] as [SkuName, PlanName[]]] : []),
    ...(means.isVip || means.isStarter ? [['POWER_BI_PRO', []] as [SkuName, PlanName[]]] : []),
  ];
  for (const [sku, off] of wanted) {
    // By hand already, or something better of the exclusive group by hand: left as it is.
    if (held.has(sku) || (sku === 'SPE_E3' && held.has('SPE_E5'))) continue;
    const on = skus[sku].plans.filter((plan) => !off.includes(plan));
    const fromGroups = new Set(inherited.flat());
    if (sku === 'SPE_E3' && inherited.length > 0 && on.every((plan) => fromGroups.has(plan))) continue;
    const others = new Set<PlanName>([
      ...fromGroups,
      ...[...held].flatMap(([name, away]) => skus[name].plans.filter((plan) => !away.includes(plan))),
    ]);
    const isExcluded = on.some((plan) =>
      exclusivePlans.some(([a, b]) => (plan === a && others.has(b)) || (plan === b && others.has(a))),
    );
    if (!isExcluded) held.set(sku, [...off].sort());
  }
  return held;
}

/** As one line, to be compared. */
export function showHeld(held: Held): string {
  return [...held]
    .map(([sku, off]) => [sku, ...off].join(' -'))
    .sort()
    .join(', ');
}
