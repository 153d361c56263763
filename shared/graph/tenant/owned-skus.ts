import { z } from 'zod';
import type { GraphTransport } from '../graph-transport';
import { readAll } from '../graph-pages';

const units = z
  .number()
  .int()
  .min(0)
  .nullish()
  .transform((count) => count ?? 0);
const none = { enabled: 0, suspended: 0, warning: 0, lockedOut: 0 };
const Row = z.object({
  accountId: z.string().nullish(),
  skuId: z.guid(),
  skuPartNumber: z.string(),
  appliesTo: z.string().nullish(),
  capabilityStatus: z.string().nullish(),
  prepaidUnits: z
    .object({ enabled: units, suspended: units, warning: units, lockedOut: units })
    .nullish()
    .transform((found) => found ?? none),
  servicePlans: z
    .array(
      z.object({
        servicePlanId: z.guid(),
        servicePlanName: z.string(),
        appliesTo: z.string().nullish(),
        provisioningStatus: z.string().nullish(),
      }),
    )
    .nullish(),
});

/** A SKU as a copy of the tenant has it. https://learn.microsoft.com/graph/api/resources/subscribedsku */
export type OwnedSku = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly appliesTo: 'User' | 'Company';
  readonly capabilityStatus: string;
  readonly prepaidUnits: typeof none;
  readonly servicePlans: readonly {
    readonly servicePlanId: string;
    readonly servicePlanName: string;
    readonly appliesTo: 'User' | 'Company';
    readonly provisioningStatus: string;
  }[];
};

/** `tenantId` null: no SKU tells it. `skipped`: rows that could not be used. */
export type OwnedSkus = {
  readonly skus: readonly OwnedSku[];
  readonly tenantId: string | null;
  readonly skipped: number;
};

const statuses: readonly string[] = ['Enabled', 'Warning', 'Suspended', 'Deleted', 'LockedOut'];
const appliesTo = (text: string | null | undefined) => (text === 'User' ? 'User' : 'Company');

/**
 * The tenant's SKUs with all of their seats, and whose they are.
 * @throws GraphError
 */
export async function readOwnedSkus(transport: GraphTransport, signal?: AbortSignal): Promise<OwnedSkus> {
  const rows = await readAll(transport, '/subscribedSkus', z.unknown(), { signal });
  const skus: OwnedSku[] = [];
  let tenantId: string | null = null;
  for (const row of rows) {
    const parsed = Row.safeParse(row);
    if (!parsed.success) continue;
    const { accountId, skuId, capabilityStatus, servicePlans, ...sku } = parsed.data;
    tenantId ??= accountId ?? null;
    skus.push({
      ...sku,
      skuId: skuId.toLowerCase(),
      appliesTo: appliesTo(sku.appliesTo),
      capabilityStatus: statuses.find((status) => status === capabilityStatus) ?? 'Suspended',
      servicePlans: (servicePlans ?? []).map((plan) => ({
        servicePlanId: plan.servicePlanId.toLowerCase(),
        servicePlanName: plan.servicePlanName,
        appliesTo: appliesTo(plan.appliesTo),
        provisioningStatus: plan.provisioningStatus ?? 'Success',
      })),
    });
  }
  return { skus, tenantId, skipped: rows.length - skus.length };
}
