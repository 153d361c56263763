import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { LearntConflicts } from '../decision';
import { compareText } from '../../kernel/id-set';

/** Plans that are on, per SKU, over every way in which the user holds it. */
export type PlansOn = ReadonlyMap<SkuId, ReadonlySet<ServicePlanId>>;

export type Violation =
  | {
      readonly kind: 'conflict';
      /** Two plans of two SKUs. */
      readonly sides: readonly [PlanOfSku, PlanOfSku];
    }
  | {
      readonly kind: 'dependency';
      readonly plan: PlanOfSku;
      readonly anyOf: readonly ServicePlanId[];
    };

export type PlanOfSku = { readonly skuId: SkuId; readonly plan: ServicePlanId };

type Index = {
  readonly conflicts: ReadonlyMap<ServicePlanId, ReadonlySet<ServicePlanId>>;
  readonly dependencies: ReadonlyMap<ServicePlanId, readonly (readonly ServicePlanId[])[]>;
};

const indexes = new WeakMap<LearntConflicts, Index>();

/**
 * Everything wrong with holding these plans together, in a fixed order. The same plan in two SKUs is no conflict,
 * nor are two plans of one SKU: Microsoft sells them together.
 */
export function findViolations(on: PlansOn, learnt: LearntConflicts): Violation[] {
  const { conflicts, dependencies } = indexOf(learnt);
  const holders = new Map<ServicePlanId, SkuId[]>();
  for (const [skuId, plans] of on) {
    for (const plan of plans) {
      const known = holders.get(plan);
      if (known === undefined) holders.set(plan, [skuId]);
      else known.push(skuId);
    }
  }
  const found: Violation[] = [];
  for (const [plan, skuIds] of holders) {
    for (const other of conflicts.get(plan) ?? []) {
      if (other <= plan) continue;
      for (const otherSku of holders.get(other) ?? []) {
        for (const skuId of skuIds) {
          if (skuId === otherSku) continue;
          found.push({
            kind: 'conflict',
            sides: [
              { skuId, plan },
              { skuId: otherSku, plan: other },
            ],
          });
        }
      }
    }
    for (const anyOf of dependencies.get(plan) ?? []) {
      if (anyOf.some((needed) => holders.has(needed))) continue;
      for (const skuId of skuIds) found.push({ kind: 'dependency', plan: { skuId, plan }, anyOf });
    }
  }
  return found.length < 2 ? found : found.sort((a, b) => compareText(placeOf(a), placeOf(b)));
}

/** The same trouble with the same plans has the same key, whichever SKUs bring them. */
export function keyOf(violation: Violation): string {
  // Dependencies first: what lacks a prerequisite cannot come, whatever else does.
  return violation.kind === 'dependency'
    ? ['0', violation.plan.plan, ...violation.anyOf].join(' ')
    : ['1', ...violation.sides.map((side) => side.plan)].join(' ');
}

function placeOf(violation: Violation): string {
  const places = violation.kind === 'dependency' ? [violation.plan] : violation.sides;
  return [keyOf(violation), ...places.map((place) => place.skuId)].join(' ');
}

function indexOf(learnt: LearntConflicts): Index {
  const known = indexes.get(learnt);
  if (known !== undefined) return known;
  const conflicts = new Map<ServicePlanId, Set<ServicePlanId>>();
  const note = (a: ServicePlanId, b: ServicePlanId) => {
    conflicts.set(a, (conflicts.get(a) ?? new Set()).add(b));
  };
  for (const [a, b] of learnt.conflicts) {
    note(a, b);
    note(b, a);
  }
  const dependencies = new Map<ServicePlanId, (readonly ServicePlanId[])[]>();
  for (const { plan, anyOf } of learnt.dependencies) {
    dependencies.set(plan, [...(dependencies.get(plan) ?? []), anyOf]);
  }
  const index = { conflicts, dependencies };
  indexes.set(learnt, index);
  return index;
}
