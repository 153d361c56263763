import { describe, expect, it } from '@jest/globals';
import { isAllowed, keyOf } from '../../src/http/access-keys';
import type { AuthLevel } from '../../src/http/access-keys';
import { toSetCookie } from '../../src/http/http-data';
import { resolveSettings } from '../../src/setting';
import { Secret } from '../../../emulator-kit/src/secret';

const keys = { master: new Secret('m'), host: new Secret('h') };

describe('access keys', () => {
  it.each<[AuthLevel, string | undefined, boolean]>([
    ['anonymous', undefined, true],
    ['function', undefined, false],
    ['function', '', false],
    ['function', 'h', true],
    ['function', 'm', true],
    ['function', 'H', false],
    ['admin', 'h', false],
    ['admin', 'm', true],
  ])('level %s with key %s: %s', (level, key, expected) => {
    expect(isAllowed(level, key, keys)).toBe(expected);
  });

  it('are taken from the header before the query', () => {
    const query = new URLSearchParams('code=from-query');

    expect(keyOf({ 'x-functions-key': 'from-header' }, query)).toBe('from-header');
    expect(keyOf({}, query)).toBe('from-query');
    expect(keyOf({}, new URLSearchParams())).toBeUndefined();
  });
});

describe('a cookie', () => {
  it.each([
    [{ name: 'a', value: 'b c;d' }, 'a=b%20c%3Bd'],
    [{ name: 'a', value: '1', sameSite: 'none' }, 'a=1'],
    [
      { name: 'a', value: '1', sameSite: 'explicitNone', secure: { value: true } },
      'a=1; SameSite=None; Secure',
    ],
    [
      { name: 'a', value: '1', expires: { value: { seconds: 0 } }, domain: { value: 'x.example' } },
      'a=1; Domain=x.example; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ],
  ])('%j is %s', (cookie, expected) => {
    expect(toSetCookie(cookie)).toBe(expected);
  });
});

describe('settings in a binding', () => {
  it('are put in, and missed ones are named', () => {
    expect(resolveSettings('a-%X%-%Y%', { X: '1', Y: '2' }, 'here')).toBe('a-1-2');
    expect(() => resolveSettings('%Z%', {}, 'Function "f"')).toThrow('Function "f" names the setting Z');
  });
});
