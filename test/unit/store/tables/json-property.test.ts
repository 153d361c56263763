import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import {
  chunkLength,
  fromJsonProperties,
  mostChunks,
  toJsonProperties,
} from '../../../../shared/store/tables/rows/json-property';

const Anything = z.unknown();

describe('JSON properties of a row', () => {
  it('gives back any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value));

        expect(fromJsonProperties(toJsonProperties(value, 'x'), Anything, 'x')).toEqual(expected);
      }),
      { seed: 1 },
    );
  });

  it.each([0, 1, chunkLength - 3, chunkLength - 2, chunkLength - 1, chunkLength, 5 * chunkLength])(
    'cuts a text of %d characters into properties that fit',
    (length) => {
      const value = '✓'.repeat(Math.floor(length / 6)) + 'x'.repeat(length % 6);

      const properties = toJsonProperties(value, 'x');

      expect(Object.values(properties).every((chunk) => chunk.length <= chunkLength)).toBe(true);
      expect(fromJsonProperties(properties, z.string(), 'x') === value).toBe(true);
    },
  );

  it('writes nothing but ASCII', () => {
    expect(toJsonProperties({ name: 'Zoë 😀' }, 'x')).toEqual({
      json: '{"name":"Zo\\u00eb \\ud83d\\ude00"}',
    });
  });

  it('takes as much as a row holds, and refuses more by name', () => {
    const most = 'x'.repeat(chunkLength * mostChunks - 2);

    expect(Object.keys(toJsonProperties(most, 'x'))).toHaveLength(mostChunks);
    expect(() => toJsonProperties(`${most}x`, 'user 7')).toThrow('user 7');
  });

  it.each([
    ['no JSON', { json: '{' }],
    ['nothing', {}],
    ['something else', { json: '{"n":"1"}' }],
  ])('refuses a row that holds %s, naming it', (_, row) => {
    expect(() => fromJsonProperties(row, z.object({ n: z.number() }), 'users 7')).toThrow('users 7');
  });
});
