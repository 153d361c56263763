import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Services } from '../../pipeline/services';
import { findSkuOrExplain } from './find-sku';
import { toSkuView } from './list-skus';
import type { SkuView } from './list-skus';

/** The service plans of one SKU, with their status in this tenant. */
export type SkuPlansView = Omit<SkuView, 'plans'> & {
  readonly plans: readonly {
    readonly servicePlanId: string;
    readonly servicePlanName: string;
    /** Success, Disabled, PendingInput, PendingActivation or PendingProvisioning. */
    readonly provisioningStatus: string;
    /** Company plans come with the SKU and cannot be switched off for a user. */
    readonly appliesTo: string;
  }[];
};

/** @throws UserError `ops/unknown-sku` */
export async function showSkuPlans(
  { directory }: Pick<Services, 'directory'>,
  reference: string,
): Promise<SkuPlansView> {
  const sku = findSkuOrExplain(makeCatalogue(await directory.listSkus()), reference);
  return {
    ...toSkuView(sku),
    plans: sku.servicePlans.map(({ servicePlanId, servicePlanName, provisioningStatus, appliesTo }) => ({
      servicePlanId,
      servicePlanName,
      provisioningStatus,
      appliesTo,
    })),
  };
}
