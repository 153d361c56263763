import { createRequire } from 'node:module';
import { z } from 'zod';
import { UserError } from '../../shared/kernel/errors';
import type { PolicySku } from '../../shared/policy/checks/policy-catalogue';
import { readJsonFile } from '../io';
import type { Io } from '../io';
import type * as target from './target';

const load = createRequire(__filename);

export type SkuSource = Omit<target.TargetOptions, 'json'> & { readonly catalogue?: string };

const Sku = z.object({
  skuId: z.string(),
  skuPartNumber: z.string(),
  appliesTo: z.string().default('User'),
  capabilityStatus: z.string().default('Enabled'),
  servicePlans: z
    .array(
      z.object({
        servicePlanId: z.string(),
        servicePlanName: z.string(),
        appliesTo: z.string().default('User'),
      }),
    )
    .default([]),
});
const Skus = z.union([z.array(Sku), z.object({ value: z.array(Sku) }).transform(({ value }) => value)]);

/**
 * The SKUs that names are checked against: a file with the answer of GET /subscribedSkus
 * (https://learn.microsoft.com/graph/api/subscribedsku-list), or the tenant itself; undefined: neither was asked for.
 * @throws UserError
 */
export async function readSkus(io: Io, source: SkuSource): Promise<readonly PolicySku[] | undefined> {
  if (source.catalogue !== undefined) {
    const parsed = Skus.safeParse(await readJsonFile(io, source.catalogue));
    if (parsed.success) return parsed.data;
    throw new UserError('cli/catalogue-file', `${source.catalogue} is no list of SKUs`, {
      hint: 'Save the answer of GET https://graph.microsoft.com/v1.0/subscribedSkus.',
    });
  }
  if (source.target === undefined) return undefined;
  // Loaded when it is asked for: checking a file alone needs none of the SDKs.
  const { withLookTarget } = load('./target') as typeof target;
  return withLookTarget(source, io, ({ pipeline }) => pipeline.directory.listSkus());
}
