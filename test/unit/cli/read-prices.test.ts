import { describe, expect, it } from '@jest/globals';
import { describeUnknownPrices, readPricesCsv } from '../../../cli/read/read-prices';
import { partNumbersOf } from '../../../shared/policy/products/part-numbers';

const read = (text: string) => readPricesCsv({ readText: async () => text } as never, 'prices.csv');
const pricesOf = async (text: string) => Object.fromEntries((await read(text)).prices);

describe('a file of prices', () => {
  it.each<[string, string, Record<string, number>]>([
    ['part numbers, in any case', 'sku,price\nSPE_E3,36\nems,10.60\n', { spe_e3: 36, ems: 10.6 }],
    [
      'ids',
      'skuId,price\nEFCCB6F7-5641-4E0E-BD10-B4976E1BF68E,10\n',
      { 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e': 10 },
    ],
    [
      'names of products',
      'SKU,Unit price\nMicrosoft 365 E3,36\nEnterprise Mobility + Security E3,10\n',
      { spe_e3: 36, ems: 10 },
    ],
    ['names as MSOnline had them', 'sku,price\ncontoso:EMS,10\n', { ems: 10 }],
    [
      'semicolons and decimal commas',
      'sku;price\n"Microsoft 365 E3";36,50\nEMS;10\n',
      { spe_e3: 36.5, ems: 10 },
    ],
    ['tabs and more columns', 'name\tprice per month\tpart number\nx\t4\tEMS\n', { ems: 4 }],
    ['a SKU that the extract does not have', 'sku,price\nNEW_SKU,1\n', { new_sku: 1 }],
    [
      'a price of nothing, and the same line twice',
      'sku,price\nFLOW_FREE,0\nFLOW_FREE,0\n',
      { flow_free: 0 },
    ],
  ])('is read: %s', async (_what, text, prices) => {
    expect(await pricesOf(text)).toEqual(prices);
  });

  it('gives the price of a name to each SKU that is sold under it', async () => {
    const name = 'Microsoft 365 F1';
    const candidates = partNumbersOf(name);
    const prices = await pricesOf(`sku,price\n${name},5\n`);

    expect(candidates.length).toBeGreaterThan(1);
    expect(Object.keys(prices)).toEqual(candidates.map((one) => one.toLowerCase()));
  });

  it.each<[string, string, RegExp]>([
    ['no such columns', 'product,cost\nEMS,1\n', /no columns sku and price/],
    ['a price that is none', 'sku,price\nEMS,10\nSPE_E3,€ 36\n', /prices\.csv:3/],
    ['a negative price', 'sku,price\nEMS,-10\n', /prices\.csv:2/],
    ['no SKU', 'sku,price\n,10\n', /prices\.csv:2/],
    [
      'two prices of one SKU',
      'sku,price\nSPE_E3,36\nMicrosoft 365 E3,39\n',
      /prices\.csv:3 gives Microsoft 365 E3.*spe_e3 36/,
    ],
  ])('is refused with the line: %s', async (_what, text, message) => {
    await expect(pricesOf(text)).rejects.toThrow(message);
  });
});

describe('describeUnknownPrices', () => {
  const skus = [
    { skuId: 'EFCCB6F7-5641-4E0E-BD10-B4976E1BF68E', skuPartNumber: 'EMS' },
    { skuId: '44575883-256e-4a79-9da4-ebe9acabe2b2', skuPartNumber: 'M365_F1' },
  ];
  const said = async (...names: string[]) =>
    describeUnknownPrices(await read(['sku,price', ...names.map((name) => `${name},1`)].join('\n')), skus);

  it('names what no SKU of the tenant is called, ten at most', async () => {
    expect(await said('ems', 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e', 'Microsoft 365 F1')).toEqual([]);
    expect(await said('EMS', 'SPE_E33')).toEqual([
      '--prices names SKUs that the tenant does not have: spe_e33',
    ]);
    const many = Array.from({ length: 12 }, (_, number) => `x${String(number)}`);
    expect((await said(...many))[0]).toMatch(/x9 and 2 more$/);
  });
});
