import { expect, it } from '@jest/globals';
import type { SkuId } from '../../../shared/kernel/ids';
import type { Catalogue } from '../../../shared/licensing/catalogue/catalogue';
import { costOf } from '../../../shared/tenant/report/findings/finding-user';
import { makeSkuPrices } from '../../../shared/tenant/report/paid-skus';
import type { SubscribedSku } from '../../../shared/words/sku';

const skuOf = (name: string) =>
  ({ skuId: name.toLowerCase() as SkuId, skuPartNumber: name }) as SubscribedSku;
const skus = ['EMS', 'VISIOCLIENT', 'GIFT', 'UNKNOWN'].map(skuOf);
const prices = makeSkuPrices(
  skus,
  new Map([
    ['ems', 10.1],
    ['visioclient', 15.2],
    ['gift', 0],
  ]),
);
const catalogue = { skuById: (id: SkuId) => skus.find(({ skuId }) => skuId === id) } as unknown as Catalogue;
const cost = (...names: readonly string[]) => costOf(names.map(skuOf), { catalogue, prices });

it.each<[string, number | null, readonly string[]]>([
  ['each seat, also of one SKU twice', 35.4, ['EMS', 'VISIOCLIENT', 'EMS']],
  ['those with a price, beside one without', 10.1, ['EMS', 'UNKNOWN']],
  ['what is not known, where only a gift has a price', null, ['GIFT', 'UNKNOWN']],
  ['what is not known, where none has a price', null, ['UNKNOWN']],
])('costs %s', (_name, expected, names) => {
  expect(cost(...names)).toBe(expected);
});
