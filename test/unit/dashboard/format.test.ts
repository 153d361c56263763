import { describe, expect, it } from '@jest/globals';
import { count, duration } from '../../../dashboard/parts/format';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('an age', () => {
  it.each([
    [-5 * second, '0 s'],
    [999, '0 s'],
    [59.9 * second, '59 s'],
    [minute, '1 min'],
    [89 * second, '1 min 29 s'],
    [2 * minute - 1, '1 min 59 s'],
    [24 * minute + 50 * second, '24 min'],
    [89 * minute, '1 h 29 min'],
    [hour + 40 * second, '1 h'],
    [3 * hour + 50 * minute, '3 h'],
    [day + 3 * hour, '1 d 3 h'],
    [6 * day + 5 * hour, '6 d'],
  ])('of %d ms is said in one unit, of which one is said with its rest: %s', (ms, said) => {
    expect(duration(ms)).toBe(said);
  });

  it('that is longer never has the smaller unit, nor less of the same one', () => {
    const order = ['s', 'min', 'h', 'd'];
    /** The first number and its unit, as a reader compares two rows of a column. */
    const seen = (ms: number) => {
      const [, many = '', unit = ''] = /^(\d+) (\w+)/.exec(duration(ms)) ?? [];
      return order.indexOf(unit) * 1_000 + Number(many);
    };
    const ages = Array.from({ length: 2_000 }, (_none, index) => index * 137 * second);

    expect(ages.map(seen)).toEqual(ages.map(seen).sort((a, b) => a - b));
  });
});

describe('a count', () => {
  it.each([
    [1, '1 message names no user'],
    [1_200, '1,200 messages name no user'],
  ])('agrees with its words: %d', (many, said) => {
    expect(count(many, 'message names no user', 'messages name no user')).toBe(said);
  });
});
