import { describe, expect, it } from '@jest/globals';
import { count, duration, localTime, localTimes } from '../../../dashboard/parts/format';

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

describe('a time', () => {
  const now = Date.parse('2026-06-15T12:00:00Z');

  it.each([
    ['of today has no day', '2026-06-15T12:10:00Z', /^\d\d:\d\d$/],
    ['of this year has no year', '2026-03-02T10:30:00Z', /^2 Mar, \d\d:\d\d$/],
    ['of a year before has the year', '2024-03-02T10:30:00Z', /^2 Mar 2024, \d\d:\d\d$/],
    ['of a later year has the year', '2027-03-02T10:30:00Z', /^2 Mar 2027, \d\d:\d\d$/],
  ])('%s', (_which, iso, said) => {
    expect(localTime(iso, now)).toMatch(said);
  });

  it('that no calendar has stays as it is written', () => {
    const text = 'not a date: 2024-13-01T06:00:00Z';

    expect(localTimes(text, now)).toBe(text);
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
