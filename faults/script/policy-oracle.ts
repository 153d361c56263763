import { family } from './tenant-model';
import type { Department, GroupKey, PlanName, PolicyModel, SkuName } from './tenant-model';

/** A user as the directory has them. */
export type Facts = {
  readonly isThere: boolean;
  readonly isEnabled: boolean;
  readonly department: Department;
  /** Nested ones too. */
  readonly groups: ReadonlySet<GroupKey>;
};

export type Wanted = {
  readonly off: readonly PlanName[];
  /** What may stand in for it. */
  readonly fallback: readonly SkuName[];
};

/** What the policy says a user should hold, worked out from its model: a second opinion that shares no code with the product. */
export function wantedOf(policy: PolicyModel, facts: Facts): ReadonlyMap<SkuName, Wanted> {
  const wanted = new Map<SkuName, Wanted>();
  if (!facts.isThere || (policy.isScoped && !facts.isEnabled)) return wanted;
  const matching = policy.rules.filter(
    ({ department, group }) =>
      (department === undefined || department === facts.department) &&
      (group === undefined || facts.groups.has(group)),
  );
  for (const { sku, off, fallback } of matching.flatMap(({ grants }) => grants)) {
    const other = wanted.get(sku);
    wanted.set(
      sku,
      other === undefined
        ? { off, fallback }
        : { off: off.filter((plan) => other.off.includes(plan)), fallback: [...other.fallback, ...fallback] },
    );
  }
  const without = matching.flatMap((rule) => rule.without);
  for (const [sku, one] of wanted) wanted.set(sku, { ...one, off: [...new Set([...one.off, ...without])] });
  if (policy.isFamilyExclusive) {
    const [best, ...lower] = family.filter((sku) => wanted.has(sku));
    const one = best === undefined ? undefined : wanted.get(best);
    // What gives way to the best one is granted all the same: it stands in while no seat of the best is free.
    if (best !== undefined && one !== undefined)
      wanted.set(best, { ...one, fallback: [...new Set([...one.fallback, ...lower])] });
    for (const sku of lower) wanted.delete(sku);
  }
  return wanted;
}
