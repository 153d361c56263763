import { UserError } from '../../kernel/errors';
import { findPlan } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { nearestName } from '../../policy/near-name';
import type { ServicePlan, SubscribedSku } from '../../words/sku';

/**
 * A SKU by skuPartNumber (any case) or id.
 * @throws UserError `ops/unknown-sku` with the name that was probably meant
 */
export function findSkuOrExplain(catalogue: Catalogue, reference: string): SubscribedSku {
  const found = catalogue.findSku(reference);
  if (found !== undefined) return found;
  throw new UserError('ops/unknown-sku', `The tenant has no SKU ${reference}`, {
    hint: suggest(
      reference,
      catalogue.skus.map((sku) => sku.skuPartNumber),
      '`licenser sku list` shows those it has.',
    ),
  });
}

/** A service plan of this SKU by name (any case) or id. @throws UserError `ops/unknown-plan` */
export function findPlanOrExplain(sku: SubscribedSku, reference: string): ServicePlan {
  const found = findPlan(sku, reference);
  if (found !== undefined) return found;
  throw new UserError('ops/unknown-plan', `${sku.skuPartNumber} has no plan ${reference}`, {
    hint: suggest(
      reference,
      sku.servicePlans.map((plan) => plan.servicePlanName),
      `\`licenser sku plans ${sku.skuPartNumber}\` shows those it has.`,
    ),
  });
}

function suggest(reference: string, names: readonly string[], otherwise: string): string {
  const near = nearestName(reference, names);
  return near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`;
}
