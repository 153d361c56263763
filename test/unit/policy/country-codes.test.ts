import { describe, expect, it } from '@jest/globals';
import { isCountryCode, toCountryCode } from '../../../shared/policy/iso-country';

describe('countries as HR systems export them', () => {
  it.each([
    ['NLD', 'NL'],
    ['deu', 'DE'],
    ['EL', 'GR'],
    ['U.S.A.', 'US'],
    ['U.S.', 'US'],
    ['u. k.', 'GB'],
    ['GBR', 'GB'],
    [' che ', 'CH'],
    ['The Netherlands', 'NL'],
    ['Allemagne', 'DE'],
    ['ZAF', 'ZA'],
    ['AUT', 'AT'],
    ['AUS', 'AU'],
  ])('%s is %s', (text, code) => {
    expect(toCountryCode(text)).toBe(code);
  });

  it.each(['XXX', 'Sales', 'Z.Z.', '', '...', 'EUR', 'A B C', 'In D.E.', 'x.y'])('%j is none', (text) => {
    expect(toCountryCode(text)).toBeUndefined();
  });

  it('every country has a code of three letters, and each of its own', () => {
    const codes = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((a) =>
      [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((b) => a + b),
    );
    const three = codes.flatMap((two) => [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((c) => two + c));
    const reached = new Set(three.flatMap((code) => toCountryCode(code) ?? []));

    expect(codes.filter((code) => isCountryCode(code) && !reached.has(code))).toEqual([]);
  });
});
