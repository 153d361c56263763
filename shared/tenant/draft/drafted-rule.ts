import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { sortedIds } from '../../kernel/id-set';

/** A SKU that a rule gives, with the plans that are off. */
export type DraftedGrant = { readonly skuId: SkuId; readonly disable: readonly ServicePlanId[] };

/** A rule before it is written: whom it is for, what it gives, and where it comes from. */
export type DraftedRule = {
  readonly name: string;
  /** null: for every user in scope, or by `memberOf` alone. */
  readonly when: string | null;
  readonly memberOf: readonly string[];
  readonly grants: readonly DraftedGrant[];
  /** Lines of a comment. */
  readonly why: readonly string[];
};

/** Of many users this share must have a plan off before a rule switches it off: the others would lose it. */
const mostOff = 0.98;

/** The plans that nearly all of these assignments of one SKU have off. */
export function commonDisabled(
  assignments: readonly { readonly disabledPlans: readonly ServicePlanId[] }[],
): readonly ServicePlanId[] {
  const counts = new Map<ServicePlanId, number>();
  for (const { disabledPlans } of assignments) {
    for (const plan of disabledPlans) counts.set(plan, (counts.get(plan) ?? 0) + 1);
  }
  return sortedIds(
    [...counts].filter(([, count]) => count >= mostOff * assignments.length).map(([plan]) => plan),
  );
}
