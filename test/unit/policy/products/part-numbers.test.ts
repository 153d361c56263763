import { describe, expect, it } from '@jest/globals';
import { catalogueSkus } from '@auto-licenser/graph-emulator/catalogue';
import {
  describeCandidates,
  findProduct,
  partNumbersOf,
} from '../../../../shared/policy/products/part-numbers';
import table from '../../../../shared/policy/products/products.json';

const guid = '05e9a617-0261-4cee-bb44-138d3ef5d965';

describe('partNumbersOf', () => {
  it.each([
    ['EMS', 'EMS'],
    ['ems', 'ems'],
    [' EMS ', 'EMS'],
    ['"EMS"', 'EMS'],
    ['contoso:EMS', 'EMS'],
    ['contoso:OWN_SKU', 'OWN_SKU'],
    [guid, guid],
    [`{${guid}}`, guid],
    [`contoso:${guid}`, guid],
    ['OWN_SKU_(no_Teams)', 'OWN_SKU_(no_Teams)'],
    ['Microsoft 365 E3', 'SPE_E3'],
    ['microsoft  365 e3', 'SPE_E3'],
    ['M365 E5', 'SPE_E5'],
    ['Microsoft 365 E3 (no Teams)', 'Microsoft_365_E3_(no_Teams)'],
    ['Microsoft_365_Business_Basic_(no Teams)', 'Microsoft_365_Business_Basic_(no Teams)'],
    ['Enterprise Mobility & Security E3', 'EMS'],
    ['Exchange Online (Plan 1)', 'EXCHANGESTANDARD'],
    ['Visio Plan 2', 'VISIOCLIENT'],
    ['Contoso Widget 7', 'Contoso Widget 7'],
    ['E3', 'E3'],
  ])('takes %s for %s', (reference, partNumber) => {
    expect(partNumbersOf(reference)).toEqual([partNumber]);
  });

  it('gives every candidate of a name that Microsoft sells several SKUs under', () => {
    const candidates = partNumbersOf('Microsoft 365 Business Basic');

    expect([...candidates].sort()).toEqual(['O365_BUSINESS_ESSENTIALS', 'SMB_BUSINESS_ESSENTIALS']);
    expect(describeCandidates(['SPE_E3', 'OWN_SKU'])).toBe('SPE_E3 (Microsoft 365 E3), OWN_SKU');
  });

  it('takes no part number of the extract for another product', () => {
    for (const [, partNumber = ''] of table.products) expect(partNumbersOf(partNumber)).toEqual([partNumber]);
  });
});

describe('the extract of products', () => {
  it('says what the embedded tenant says of the SKUs that are in both', () => {
    const both = catalogueSkus.filter(({ skuPartNumber }) => findProduct(skuPartNumber) !== undefined);

    expect(both.length).toBeGreaterThan(5);
    for (const sku of both) {
      expect(findProduct(sku.skuPartNumber)).toEqual({
        name: sku.displayName,
        partNumber: sku.skuPartNumber,
        skuId: sku.skuId,
      });
      expect(findProduct(sku.skuId)?.partNumber).toBe(sku.skuPartNumber);
    }
  });
});
