import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { Catalogue } from './catalogue';
import { sortedIds } from '../../kernel/id-set';
import type { SubscribedSku } from '../../words/sku';

/** What deciding asks of a catalogue again and again, worked out once per catalogue. */
export type CatalogueIndex = {
  /** A SKU's plans that are a user's choice, sorted; of an unknown SKU: none. */
  userPlans(skuId: SkuId): readonly ServicePlanId[];
  /** Company plans too: they are on for everybody who holds the SKU. */
  allPlans(skuId: SkuId): readonly ServicePlanId[];
  userPlanSet(skuId: SkuId): ReadonlySet<ServicePlanId>;
  /** skuPartNumber, or the id of a SKU the tenant does not have. */
  skuName(skuId: SkuId): string;
  /** Seats in their grace period after the subscription expired. */
  graceSeats(skuId: SkuId): number;
  /** servicePlanName, or the id of a plan that no SKU of the tenant has. */
  planName(planId: ServicePlanId): string;
};

type PlansOfSku = {
  readonly list: readonly ServicePlanId[];
  readonly set: ReadonlySet<ServicePlanId>;
  readonly all: readonly ServicePlanId[];
};

const indexes = new WeakMap<Catalogue, CatalogueIndex>();
const noPlans: ReadonlySet<ServicePlanId> = new Set();

/** The index of this catalogue; made once per catalogue. */
export function indexOfCatalogue(catalogue: Catalogue): CatalogueIndex {
  const known = indexes.get(catalogue);
  if (known !== undefined) return known;
  const index = makeIndex(catalogue);
  indexes.set(catalogue, index);
  return index;
}

function makeIndex(catalogue: Catalogue): CatalogueIndex {
  const names = new Map<string, string>();
  const plans = new Map<string, PlansOfSku>();
  for (const sku of catalogue.skus) {
    const list = sortedIds(userPlanIds(sku));
    const all = sortedIds(sku.servicePlans.map((plan) => plan.servicePlanId));
    plans.set(sku.skuId, { list, set: new Set(list), all });
    for (const plan of sku.servicePlans) {
      if (!names.has(plan.servicePlanId)) names.set(plan.servicePlanId, plan.servicePlanName);
    }
  }
  return {
    userPlans: (skuId) => plans.get(skuId)?.list ?? [],
    allPlans: (skuId) => plans.get(skuId)?.all ?? [],
    userPlanSet: (skuId) => plans.get(skuId)?.set ?? noPlans,
    skuName: (skuId) => catalogue.skuById(skuId)?.skuPartNumber ?? skuId,
    graceSeats: (skuId) => catalogue.skuById(skuId)?.warningUnits ?? 0,
    planName: (planId) => names.get(planId) ?? planId,
  };
}

function userPlanIds(sku: SubscribedSku): ServicePlanId[] {
  return sku.servicePlans.filter((plan) => plan.appliesTo === 'User').map((plan) => plan.servicePlanId);
}
