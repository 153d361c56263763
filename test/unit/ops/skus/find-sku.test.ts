import { describe, expect, it } from '@jest/globals';
import { toSkuId } from '../../../../shared/kernel/ids';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { findSkuOrExplain } from '../../../../shared/ops/skus/find-sku';
import type { SubscribedSku } from '../../../../shared/words/sku';

const sku = (number: number, skuPartNumber: string): SubscribedSku => ({
  skuId: toSkuId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`),
  skuPartNumber,
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  enabledUnits: 1,
  consumedUnits: 0,
  servicePlans: [],
});
const tenant = makeCatalogue([
  sku(1, 'SPE_E3'),
  sku(2, 'EMS'),
  sku(3, 'O365_BUSINESS_ESSENTIALS'),
  sku(4, 'M365_F1'),
  sku(5, 'M365_F1_COMM'),
]);

describe('findSkuOrExplain', () => {
  it.each([
    ['spe_e3', 'SPE_E3'],
    ['Microsoft 365 E3', 'SPE_E3'],
    ['contoso:EMS', 'EMS'],
    ['{00000000-0000-4000-8000-000000000002}', 'EMS'],
    // Two SKUs have this name, and the tenant has one of them.
    ['Microsoft 365 Business Basic', 'O365_BUSINESS_ESSENTIALS'],
  ])('finds %s', (reference, partNumber) => {
    expect(findSkuOrExplain(tenant, reference).skuPartNumber).toBe(partNumber);
  });

  it('lists the candidates of a name that several SKUs of the tenant have', () => {
    expect(() => findSkuOrExplain(tenant, 'Microsoft 365 F1')).toThrow(
      expect.objectContaining({
        code: 'ops/ambiguous-name',
        message: expect.stringMatching(/M365_F1 \(.*M365_F1_COMM \(/) as unknown,
      }),
    );
  });

  it('says that the tenant has no such SKU', () => {
    expect(() => findSkuOrExplain(tenant, 'Microsoft 365 E5')).toThrow(
      expect.objectContaining({ code: 'ops/unknown-sku' }),
    );
  });
});
