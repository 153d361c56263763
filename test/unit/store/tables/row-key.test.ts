import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { odataText, toRowKey } from '../../../../shared/store/tables/rows/row-key';

describe('toRowKey', () => {
  it('leaves ids and plain names as they are', () => {
    expect(toRowKey('8a256a2b-b617-496d-b51b-e76466e88db0')).toBe('8a256a2b-b617-496d-b51b-e76466e88db0');
    expect(toRowKey('message:hint-1|x@y.z')).toBe('message:hint-1|x@y.z');
  });

  it('gives different texts different keys that a table accepts', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 900 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(toRowKey(a)).toMatch(/^[A-Za-z0-9.:_@|=-]{0,400}$/);
        expect(toRowKey(a) === toRowKey(b)).toBe(a === b);
      }),
      { seed: 2 },
    );
  });

  it('keeps long texts apart that differ only at their end', () => {
    expect(toRowKey(`${'x'.repeat(2_000)}a`)).not.toBe(toRowKey(`${'x'.repeat(2_000)}b`));
  });
});

describe('odataText', () => {
  it('doubles quotes', () => {
    expect(odataText("o'neil")).toBe("'o''neil'");
  });
});
