import { seededRandom } from '../../shared/kernel/random';
import { drawChanges } from './draw-changes';
import { drawFaults } from './draw-faults';
import { drawIntakeDeaths } from './draw-intake-deaths';
import { drawOperations } from './draw-operations';
import { drawSecondThoughts } from './draw-second-thoughts';
import { drawPolicy } from './draw-policy';
import { makeDraw } from './draw';
import type { Draw } from './draw';
import type { Script } from './script';
import { departments, skuNames, skus } from './tenant-model';
import type { SkuName, TenantModel, UserModel } from './tenant-model';

/**
 * The run of a seed. Tenant and changes, faults, and what is added to both are drawn from sources of their own, so that
 * a change of one leaves the others as they are.
 */
export function drawScript(seed: number): Script {
  const day = makeDraw(seededRandom(seed));
  const trouble = makeDraw(seededRandom(seed + 1_000_000_007));
  const more = makeDraw(seededRandom(seed + 2_000_000_011));
  const dying = makeDraw(seededRandom(seed + 2_500_000_001));
  const tenant = drawTenant(day);
  const policies = Array.from({ length: day.chance(0.4) ? 2 : 1 }, () => drawPolicy(day));
  const changes = drawChanges(day, tenant, policies.length);
  const second = drawSecondThoughts(more, policies, { tenant, changes });
  const operations = drawOperations(more, tenant, changes);
  const deaths = drawIntakeDeaths(dying, policies, { tenant, changes: [...changes, ...second.changes] });
  return {
    seed,
    tenant,
    policies,
    changes: inOrder([...changes, ...second.changes, ...deaths.changes]),
    faults: inOrder([...drawFaults(trouble, changes), ...second.faults, ...operations, ...deaths.faults]),
    processes: trouble.chance(0.4) ? 'perFunction' : 'shared',
    isVerifying: trouble.chance(0.3),
    isNotified: trouble.chance(0.6),
  };
}

function inOrder<Item extends { readonly at: number }>(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => a.at - b.at);
}

function drawTenant(draw: Draw): TenantModel {
  const users = Array.from({ length: draw.between(3, 6) }, (_, index): UserModel => ({
    user: index + 1,
    department: draw.of(departments),
    memberOf: draw.some(['outer', 'inner', 'licensed'] as const, 0.25),
    manual: draw.some(skuNames, 0.12).map((sku) => ({ sku, off: draw.some(skus[sku].plans, 0.2) })),
  }));
  const seats = Object.fromEntries(
    skuNames.map((sku) => [sku, draw.chance(0.25) ? draw.between(2, 6) : 200]),
  ) as Record<SkuName, number>;
  const held = (sku: SkuName) => users.filter(({ manual }) => manual.some((one) => one.sku === sku)).length;
  return {
    seats: Object.fromEntries(skuNames.map((sku) => [sku, Math.max(seats[sku], held(sku))])) as Record<
      SkuName,
      number
    >,
    isNested: draw.chance(0.6),
    users,
  };
}
