import { freeSeats } from '../../licensing/catalogue/catalogue';
import type { Services } from '../../pipeline/services';
import { explainSku } from './explain-sku';
import type { SubscribedSku } from '../../words/sku';

/** A SKU of the tenant with its seats. */
export type SkuView = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly appliesTo: string;
  readonly capabilityStatus: string;
  readonly seats: { readonly enabled: number; readonly consumed: number; readonly free: number };
  readonly assignable: boolean;
  /** Why it cannot be assigned, or what threatens it; null: nothing. */
  readonly note: string | null;
  readonly plans: number;
};

/** The tenant's SKUs by name. */
export async function listSkus({ directory }: Pick<Services, 'directory'>): Promise<readonly SkuView[]> {
  const skus = await directory.listSkus();
  return skus.map(toSkuView).sort((a, b) => a.skuPartNumber.localeCompare(b.skuPartNumber, 'en'));
}

/** One SKU with its seats and whether it can be assigned. */
export function toSkuView(sku: SubscribedSku): SkuView {
  return {
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    appliesTo: sku.appliesTo,
    capabilityStatus: sku.capabilityStatus,
    seats: { enabled: sku.enabledUnits, consumed: sku.consumedUnits, free: Math.max(0, freeSeats(sku)) },
    ...explainSku(sku),
    plans: sku.servicePlans.length,
  };
}
