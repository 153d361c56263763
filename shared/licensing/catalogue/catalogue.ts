import type { SkuId } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import type { ServicePlan, SubscribedSku } from '../../words/sku';

export type Catalogue = {
  readonly skus: readonly SubscribedSku[];
  skuById(id: SkuId): SubscribedSku | undefined;
  /** By skuPartNumber (any case) or GUID: more than one when several SKUs have the name. */
  skusNamed(reference: string): readonly SubscribedSku[];
  /** The only one of that name; undefined: none has it, or several have. */
  findSku(reference: string): SubscribedSku | undefined;
};

/** A catalogue over these SKUs. */
export function makeCatalogue(skus: readonly SubscribedSku[]): Catalogue {
  const byId = new Map<string, SubscribedSku>(skus.map((sku) => [sku.skuId.toLowerCase(), sku]));
  const byName = new Map<string, SubscribedSku[]>();
  for (const sku of skus) {
    const name = foldText(sku.skuPartNumber);
    byName.set(name, [...(byName.get(name) ?? []), sku]);
  }
  const skusNamed = (reference: string) => {
    const named = byName.get(foldText(reference));
    if (named !== undefined) return named;
    const sku = byId.get(reference.toLowerCase());
    return sku === undefined ? [] : [sku];
  };
  return {
    skus,
    skuById: (id) => byId.get(id.toLowerCase()),
    skusNamed,
    findSku: (name) => only(skusNamed(name)),
  };
}

/** Plans of this SKU by servicePlanName (any case) or GUID: more than one when several have the name. */
export function plansNamed(sku: SubscribedSku, reference: string): readonly ServicePlan[] {
  const wanted = foldText(reference);
  const named = eachOnce(sku.servicePlans.filter((plan) => foldText(plan.servicePlanName) === wanted));
  if (named.length > 0) return named;
  return eachOnce(sku.servicePlans.filter((plan) => plan.servicePlanId.toLowerCase() === wanted));
}

/** The only plan of this SKU of that name or GUID; undefined: none has it, or several have. */
export function findPlan(sku: SubscribedSku, reference: string): ServicePlan | undefined {
  return only(plansNamed(sku, reference));
}

/** Some tenants list a plan twice. */
function eachOnce(plans: readonly ServicePlan[]): readonly ServicePlan[] {
  return plans.filter(
    ({ servicePlanId }, index) => plans.findIndex((other) => other.servicePlanId === servicePlanId) === index,
  );
}

function only<Thing>(things: readonly Thing[]): Thing | undefined {
  return things.length === 1 ? things[0] : undefined;
}

/**
 * Seats that are free by the book; may be negative. Advisory: the POST decides. Whether Graph assigns seats that are in
 * their grace period is contradicted (https://github.com/MicrosoftDocs/azure-docs/issues/16282 says that it does), so one
 * of them is tried at a time.
 */
export function freeSeats({ enabledUnits, consumedUnits, warningUnits = 0 }: SubscribedSku): number {
  const free = enabledUnits - consumedUnits;
  return free <= 0 && free + warningUnits > 0 ? 1 : free;
}
