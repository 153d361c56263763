import { describe, expect, it } from '@jest/globals';
import { meantBy } from '../../../../shared/policy/products/product-names';

const tenant = [
  'EMS',
  'EMSPREMIUM',
  'SPE_E3',
  'SPE_E5',
  'SPE_F1',
  'ENTERPRISEPACK',
  'POWER_BI_PRO',
  'VISIOCLIENT',
];
const guid = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';

describe('what a policy calls a SKU', () => {
  it.each([
    ['contoso:EMS', 'EMS'],
    ['contoso:ems', 'EMS'],
    ['Microsoft 365 E3', 'SPE_E3'],
    ['M365 E5', 'SPE_E5'],
    ['Microsoft 365 F3', 'SPE_F1'],
    ['Office 365 E3', 'ENTERPRISEPACK'],
    ['Enterprise Mobility + Security E5', 'EMSPREMIUM'],
    ['Enterprise Mobility & Security E3', 'EMS'],
    ['F3', 'SPE_F1'],
    ['E3', 'SPE_E3'],
    [' "EMS" ', 'EMS'],
    ['\u201cSPE_E5\u201d', 'SPE_E5'],
    ['Microsoft Power BI Pro', 'POWER_BI_PRO'],
    ['Visio Plan 2', 'VISIOCLIENT'],
  ])('%s: is understood', (reference, sku) => {
    expect(meantBy(reference, tenant)).toBe(sku);
  });

  it('is understood with braces around an id', () => {
    expect(meantBy(`{${guid}}`, [...tenant, guid])).toBe(guid);
    expect(meantBy(`contoso:${guid}`, [guid])).toBe(guid);
  });

  it('is only suggested where the tenant has it', () => {
    expect(meantBy('Office 365 E1', tenant)).toBeUndefined();
    expect(meantBy('E3', ['EMS'])).toBe('EMS');
    expect(meantBy('something', tenant)).toBeUndefined();
  });
});
