import type { Draw } from './draw';
import { departments, skus } from './tenant-model';
import type { GrantModel, PolicyModel, RuleModel, SkuName } from './tenant-model';

/** A policy of two to four rules; what its keys leave out is as the product's defaults. */
export function drawPolicy(draw: Draw): PolicyModel {
  const isFamilyExclusive = draw.chance(0.6);
  const [first, second] = shuffled(draw, departments);
  const rules: RuleModel[] = [
    {
      name: 'first',
      ...(first === undefined ? {} : { department: first }),
      grants: [drawGrant(draw, 'EMS', isFamilyExclusive)],
      without: draw.chance(0.2) ? ['INTUNE_A'] : [],
    },
    {
      name: 'group',
      group: draw.chance(0.8) ? 'outer' : 'inner',
      grants: [drawGrant(draw, draw.chance(0.7) ? 'SPE_E5' : 'SPE_E3', isFamilyExclusive)],
      without: draw.chance(0.3) ? ['YAMMER_ENTERPRISE'] : [],
    },
  ];
  if (draw.chance(0.7) && second !== undefined) {
    const sku = draw.of(['SPE_E3', 'SPE_E5', 'POWER_BI_PRO'] as const);
    rules.push({
      name: 'second',
      department: second,
      grants: [drawGrant(draw, sku, isFamilyExclusive)],
      without: [],
    });
  }
  if (draw.chance(0.3) && first !== undefined) {
    // A second rule for the same SKU: a plan is on if any of them leaves it on.
    rules.push({
      name: 'third',
      department: first,
      grants: [drawGrant(draw, 'EMS', isFamilyExclusive)],
      without: [],
    });
  }
  return {
    rules,
    isFamilyExclusive,
    isScoped: draw.chance(0.7),
    removal: draw.of(['0d', '0d', '1h', 'keep'] as const),
    guard: draw.chance(0.3) ? draw.between(0, 3) : null,
  };
}

function drawGrant(draw: Draw, sku: SkuName, isFamilyExclusive: boolean): GrantModel {
  return {
    sku,
    // All plans off would be no license.
    off: draw.some(skus[sku].plans, 0.3).slice(0, skus[sku].plans.length - 1),
    fallback: sku === 'SPE_E5' && isFamilyExclusive && draw.chance(0.6) ? ['SPE_E3'] : [],
    priority: draw.chance(0.3) ? draw.between(1, 10) : 0,
  };
}

function shuffled<Item>(draw: Draw, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: draw.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
