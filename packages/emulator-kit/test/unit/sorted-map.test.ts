import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SortedMap } from '../../src/sorted-map';
import type { KeyRange } from '../../src/sorted-map';

const everything: readonly KeyRange[] = [{ from: '', to: null }];
const keyOf = (number: number) => String(number).padStart(4, '0');
const changes = fc.array(
  fc.record({ key: fc.integer({ min: 0, max: 2_000 }).map(keyOf), isSet: fc.boolean() }),
  { maxLength: 3_000, size: 'max' },
);

describe('SortedMap', () => {
  it('holds what a map holds, in the order of the keys, over many chunks', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const [sorted, plain] = [new SortedMap<number>(), new Map<string, number>()];
        for (const [value, { key, isSet }] of all.entries()) {
          if (isSet) {
            sorted.set(key, value);
            plain.set(key, value);
          } else expect(sorted.delete(key)).toBe(plain.delete(key));
        }

        expect(sorted.size).toBe(plain.size);
        expect([...sorted.within(everything)]).toEqual([...plain].sort());
        for (const { key } of all) expect(sorted.get(key)).toBe(plain.get(key));
      }),
      { numRuns: 20 },
    );
  });

  it('gives ranges, both ends included, from a key on', () => {
    const map = new SortedMap<number>();
    for (let number = 1_999; number >= 0; number--) map.set(keyOf(number), number);
    const numbers = (ranges: readonly KeyRange[], first?: string) =>
      [...map.within(ranges, first)].map(([, value]) => value);

    expect(
      numbers([
        { from: '0003', to: '0005' },
        { from: '1000', to: '1000' },
        { from: '1998', to: null },
      ]),
    ).toEqual([3, 4, 5, 1_000, 1_998, 1_999]);
    expect(numbers([{ from: '0003', to: '0005' }], '0005')).toEqual([5]);
    expect(numbers([{ from: '0003', to: '0005' }], '0006')).toEqual([]);
    expect(numbers(everything)).toHaveLength(2_000);
  });
});
