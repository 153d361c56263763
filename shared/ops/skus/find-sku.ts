import { UserError } from '../../kernel/errors';
import { findPlan, plansNamed } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { partNumbersOf } from '../../policy/products/part-numbers';
import { meantBy } from '../../policy/products/product-names';
import { nearestName } from '../../policy/near-name';
import type { ServicePlan, SubscribedSku } from '../../words/sku';

/**
 * A SKU by skuPartNumber (any case) or id, also as `tenant:EMS`, or by the name that Microsoft sells it under.
 * @throws UserError `ops/unknown-sku` with the name that was probably meant, `ops/ambiguous-name`
 */
export function findSkuOrExplain(catalogue: Catalogue, reference: string): SubscribedSku {
  const found = catalogue.findSku(reference);
  if (found !== undefined) return found;
  const named = catalogue.skusNamed(reference).map(({ skuId }) => skuId);
  if (named.length > 1) throw ambiguous(`The tenant has several SKUs ${reference}`, named);
  const partNumbers = partNumbersOf(reference);
  const [meant, ...others] = partNumbers.flatMap((name) => catalogue.skusNamed(name));
  if (meant !== undefined && others.length === 0) return meant;
  if (meant !== undefined) {
    const candidates = [meant, ...others].map(({ skuPartNumber, skuId }) => `${skuPartNumber} (${skuId})`);
    throw ambiguous(`The tenant has several SKUs that are called ${reference}`, candidates);
  }
  throw new UserError('ops/unknown-sku', `The tenant has no SKU ${reference}`, {
    hint: suggest(
      partNumbers.length === 1 ? (partNumbers[0] ?? reference) : reference,
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
