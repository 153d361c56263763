import { describe, expect, it } from '@jest/globals';
import { chooseUsageLocation, toCountryCode } from '../../../shared/policy/iso-country';

describe('toCountryCode', () => {
  it.each([
    ['NL', 'NL'],
    [' nl ', 'NL'],
    ['Netherlands', 'NL'],
    ['The Netherlands', 'NL'],
    ['Nederland', 'NL'],
    ['Deutschland', 'DE'],
    ['GERMANY', 'DE'],
    ['España', 'ES'],
    ['Espana', 'ES'],
    ['United States', 'US'],
    ['USA', 'US'],
    ['Türkiye', 'TR'],
    ["Côte d'Ivoire", 'CI'],
    ['Trinidad and Tobago', 'TT'],
    ['日本', 'JP'],
    ['Atlantis', undefined],
    ['XX', undefined],
    ['ZZ', undefined],
    ['EU', undefined],
    ...['AC', 'CP', 'CQ', 'DG', 'EA', 'IC', 'TA'].map((code) => [code, undefined] as const),
    ['', undefined],
  ])('%s is %s', (text, code) => {
    expect(toCountryCode(text)).toBe(code);
  });
});

describe('chooseUsageLocation', () => {
  const setting = { from: 'country', default: 'NL' } as const;

  it.each([
    [setting, 'de', { code: 'DE', source: 'countryCode' }],
    [setting, 'Norge', { code: 'NO', source: 'countryName' }],
    [setting, 'Atlantis', { code: 'NL', source: 'default' }],
    [setting, null, { code: 'NL', source: 'default' }],
    [{ from: null, default: 'NL' }, 'DE', { code: 'NL', source: 'default' }],
    [{ from: 'country', default: null }, '', { code: null, source: 'none' }],
  ] as const)('%j, %j', (given, country, expected) => {
    expect(chooseUsageLocation(given, country)).toEqual(expected);
  });
});
