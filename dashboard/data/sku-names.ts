import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { useResource } from './resource';

type Sku = { readonly skuId: string; readonly skuPartNumber: string };

/** Part numbers of SKUs by their ids, as far as something has read them: pauses and the audit keep ids. */
export const skuNames = signal<ReadonlyMap<string, string>>(new Map());

/** Takes the names of these SKUs, beside those that are known. */
export function keepSkuNames(skus: readonly Sku[]): void {
  const known = skuNames.peek();
  if (skus.every(({ skuId, skuPartNumber }) => known.get(skuId) === skuPartNumber)) return;
  skuNames.value = new Map([...known, ...skus.map((one) => [one.skuId, one.skuPartNumber] as const)]);
}

/** The same, for a view that needs them all: reads the SKUs of the tenant. */
export function useSkuNames(): ReadonlyMap<string, string> {
  const found = useResource('tenant.showSkus', {}, null).data.value;
  useEffect(() => keepSkuNames(found ?? []), [found]);
  return skuNames.value;
}
