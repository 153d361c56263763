import type { GroupId, ServicePlanId, SkuId } from '../../kernel/ids';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { ReportUser } from './report-input';

/** One SKU of one user, by whatever roads it came. */
export type HeldSku = {
  readonly skuId: SkuId;
  readonly isDirect: boolean;
  /** Groups that give it and whose assignment is in force. */
  readonly groups: readonly GroupId[];
  /** Plans that are a user's choice and that at least one of the roads leaves on. */
  readonly on: ReadonlySet<ServicePlanId>;
};

/** An assignment by a group that failed gives nothing: no seat, no plan. */
const isInForce = (state: string): boolean => state !== 'Error';

/** What a user holds, by SKU, in the order of Graph. */
export function heldSkusOf(
  { assignments }: Pick<ReportUser, 'assignments'>,
  catalogue: Catalogue,
): HeldSku[] {
  const index = indexOfCatalogue(catalogue);
  const bySku = new Map<SkuId, { isDirect: boolean; groups: GroupId[]; on: Set<ServicePlanId> }>();
  for (const { skuId, assignedByGroup, disabledPlans, state } of assignments) {
    if (!isInForce(state)) continue;
    const held = bySku.get(skuId) ?? { isDirect: false, groups: [], on: new Set<ServicePlanId>() };
    bySku.set(skuId, held);
    if (assignedByGroup === null) held.isDirect = true;
    else held.groups.push(assignedByGroup);
    for (const plan of index.userPlans(skuId)) if (!disabledPlans.includes(plan)) held.on.add(plan);
  }
  return [...bySku].map(([skuId, held]) => ({ skuId, ...held }));
}
