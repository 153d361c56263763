import { z } from 'zod';
import { Sku } from './answer-schemas';
import type { SubscribedSku } from '../words/sku';
import type { SkuRows } from './directory';
import { readAll } from './graph-pages';
import type { GraphTransport } from './graph-transport';

const Named = z.object({ skuId: z.string().nullish(), skuPartNumber: z.string().nullish() });

/**
 * The tenant's SKUs. Nearly every property may be null in Graph's model; such a row is left out by itself, so that
 * one odd SKU does not keep everybody else from a license. To deciding it is then a SKU that the tenant does not have,
 * which takes nothing away.
 * @throws GraphError
 */
export async function readSkuRows(transport: GraphTransport, signal?: AbortSignal): Promise<SkuRows> {
  const rows = await readAll(transport, '/subscribedSkus', z.unknown(), { signal });
  const skus: SubscribedSku[] = [];
  const skipped: { readonly name: string; readonly why: string }[] = [];
  for (const [index, row] of rows.entries()) {
    const parsed = Sku.safeParse(row);
    if (parsed.success) {
      const { prepaidUnits, ...sku } = parsed.data;
      const { enabled = 0, warning } = prepaidUnits ?? {};
      skus.push({ ...sku, enabledUnits: enabled, ...(warning ? { warningUnits: warning } : {}) });
      continue;
    }
    const { skuPartNumber, skuId } = Named.safeParse(row).data ?? {};
    const properties = new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'the row'));
    skipped.push({
      name: skuPartNumber ?? skuId ?? `row ${String(index + 1)}`,
      why: `Graph gave no usable ${[...properties].join(', ')}`,
    });
  }
  return { skus, skipped };
}
