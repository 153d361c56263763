import fc from 'fast-check';
import type { ServicePlanId, SkuId } from '../../../../shared/kernel/ids';
import type { Condition, Truth } from '../../../../shared/policy/condition';
import type { Grant, PolicyRule } from '../../../../shared/policy/policy';

/** Small tenants with everything in them: shared plans, conflicts, dependencies, manual and inherited licenses. */
export const skuCount = 5;
const planCount = 9;

export const skuIdOf = (number: number) => `00000000-0000-4000-8000-0000000000${10 + number}` as SkuId;
export const planIdOf = (number: number) =>
  `00000000-0000-4000-9000-0000000000${10 + number}` as ServicePlanId;

export const skuNumbers = fc.nat(skuCount - 1);
export const skuName = (number: number) => `SKU${number}`;
export const planName = (number: number) => `PLAN${number}`;
export const planNumber = fc.nat(planCount - 1);
export const ruleName = (number: number) => `rule${number}`;

/** The truth of rule n is the property `rule<n>`; absent: undecided. */
export function ruleProperty(name: string): Condition {
  return {
    source: name,
    evaluate: (user): Truth => (user[name] === undefined ? 'undecided' : user[name] === true),
  };
}

const grant: fc.Arbitrary<Grant> = fc.record({
  sku: fc.oneof({ weight: 30, arbitrary: skuNumbers.map(skuName) }, fc.constant('NO_SUCH_SKU')),
  plans: fc.oneof(
    fc.constant({ kind: 'all' as const }),
    fc
      .uniqueArray(planNumber, { maxLength: 3 })
      .map((plans) => ({ kind: 'disable' as const, plans: plans.map(planName) })),
    fc
      .uniqueArray(planNumber, { minLength: 1, maxLength: 4 })
      .map((plans) => ({ kind: 'enable' as const, plans: plans.map(planName) })),
  ),
  fallback: fc.oneof(
    { weight: 2, arbitrary: fc.constant([] as string[]) },
    fc.uniqueArray(skuNumbers.map(skuName), { maxLength: 2 }),
  ),
  priority: fc.constantFrom(0, 0, 0, 5, 10),
  newPlans: fc.constantFrom('on', 'off', 'hold'),
});

export const rules: fc.Arbitrary<PolicyRule[]> = fc
  .array(
    fc.record({
      assign: fc.array(grant, { maxLength: 2 }),
      without: fc.oneof(
        { weight: 3, arbitrary: fc.constant([] as string[]) },
        fc.uniqueArray(planNumber.map(planName), { maxLength: 2 }),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((made) =>
    made.map((rule, n) => ({ ...rule, name: `rule${n}`, when: ruleProperty(`rule${n}`), memberOf: [] })),
  );
