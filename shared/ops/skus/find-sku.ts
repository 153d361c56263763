import { UserError } from '../../kernel/errors';
import { findPlan, plansNamed } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { meantBy } from '../../policy/checks/product-names';
import { nearestName } from '../../policy/near-name';
import type { ServicePlan, SubscribedSku } from '../../words/sku';

/**
 * A SKU by skuPartNumber (any case) or id.
 * @throws UserError `ops/unknown-sku` with the name that was probably meant, `ops/ambiguous-name`
 */
export function findSkuOrExplain(catalogue: Catalogue, reference: string): SubscribedSku {
  const found = catalogue.findSku(reference);
  if (found !== undefined) return found;
  const named = catalogue.skusNamed(reference).map(({ skuId }) => skuId);
  if (named.length > 1) throw ambiguous(`The tenant has several SKUs ${reference}`, named);
  throw new UserError('ops/unknown-sku', `The tenant has no SKU ${reference}`, {
    hint: suggest(
      reference,
      catalogue.skus.map((sku) => sku.skuPartNumber),
      '`licenser sku list` shows those it has.',
    ),
  });
}

/** A service plan of this SKU by name (any case) or id. @throws UserError `ops/unknown-plan`, `ops/ambiguous-name` */
export function findPlanOrExplain(sku: SubscribedSku, reference: string): ServicePlan {
  const found = findPlan(sku, reference);
  if (found !== undefined) return found;
  const named = plansNamed(sku, reference).map(({ servicePlanId }) => servicePlanId);
  if (named.length > 1) throw ambiguous(`${sku.skuPartNumber} has several plans ${reference}`, named);
  throw new UserError('ops/unknown-plan', `${sku.skuPartNumber} has no plan ${reference}`, {
    hint: suggest(
      reference,
      sku.servicePlans.map((plan) => plan.servicePlanName),
      `\`licenser sku plans ${sku.skuPartNumber}\` shows those it has.`,
    ),
  });
}

function ambiguous(text: string, ids: readonly string[]): UserError {
  return new UserError('ops/ambiguous-name', `${text}: ${[...ids].sort().join(', ')}`, {
    hint: 'Name the one you mean by its id.',
  });
}

function suggest(reference: string, names: readonly string[], otherwise: string): string {
  const near = meantBy(reference, names) ?? nearestName(reference, names);
  return near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`;
}
