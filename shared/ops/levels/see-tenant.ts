import { timing } from '../../kernel/timing';
import { freeSeats } from '../../licensing/catalogue/catalogue';
import { findPolicyTroubles } from '../../pipeline/sources/policy-troubles';
import type { Services } from '../../pipeline/services';
import type { Levels, SeenTenant } from '../../store/ports/ops/levels';

/**
 * The SKUs with their seats, and the names in the policies in force that stand for nothing sure: asked of Graph, so that no
 * look at the overview has to.
 * @throws GraphError, TransientError Graph does not answer
 */
export async function seeTenant(
  services: Pick<Services, 'catalogue' | 'clock' | 'policy'>,
): Promise<SeenTenant> {
  const { catalogue } = await services.catalogue.read();
  // A policy that cannot be used is a cause of its own.
  const names = await findPolicyTroubles(services).catch(() => undefined);
  return {
    at: services.clock.now(),
    skus: catalogue.skus.map((sku) => ({
      skuId: sku.skuId,
      skuPartNumber: sku.skuPartNumber,
      enabled: sku.enabledUnits,
      consumed: sku.consumedUnits,
      free: Math.max(0, freeSeats(sku)),
    })),
    ...(names === undefined ? {} : { names: [...names] }),
  };
}

/** What `observe` last saw; undefined: nothing, or more than `timing.ops.verdictOld` ago: `observe` does not run, or Graph does not answer it. */
export function tenantOf(levels: Levels | undefined, now: number): SeenTenant | undefined {
  const seen = levels?.tenant;
  return seen !== undefined && now - seen.at <= timing.ops.verdictOld.ms ? seen : undefined;
}
