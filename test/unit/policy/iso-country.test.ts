import { describe, expect, it } from '@jest/globals';
import { toCountryCode } from '../../../shared/policy/iso-country';

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
