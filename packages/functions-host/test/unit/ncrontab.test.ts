import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, date, integer, property, tuple } from 'fast-check';
import { nextNcrontab, parseNcrontab } from '../../src/timers/ncrontab';

const next = (expression: string, after: string) => {
  const at = nextNcrontab(parseNcrontab(expression), Date.parse(after));
  return at === undefined ? undefined : new Date(at).toISOString();
};

describe('NCRONTAB', () => {
  it.each([
    ['* * * * * *', '2026-11-22T15:36:39.123Z', '2026-11-22T15:36:40.000Z'],
    ['* * * * * *', '2026-12-31T23:59:59.000Z', '2027-01-01T00:00:00.000Z'],
    ['*/15 * * * * *', '2026-11-22T15:36:45.000Z', '2026-11-22T15:37:00.000Z'],
    ['0 */5 * * * *', '2026-11-22T15:36:39.000Z', '2026-11-22T15:40:00.000Z'],
    ['*/5 * * * *', '2026-11-22T15:36:39.000Z', '2026-11-22T15:40:00.000Z'],
    ['0 0 * * * *', '2026-11-22T15:36:39.000Z', '2026-11-22T16:00:00.000Z'],
    ['0 30 9 * * 1-5', '2026-11-20T10:00:00.000Z', '2026-11-23T09:30:00.000Z'],
    ['0 30 9 * * Mon-Fri', '2026-11-20T10:00:00.000Z', '2026-11-23T09:30:00.000Z'],
    ['0 30 9 * Jan Mon', '2026-11-20T10:00:00.000Z', '2027-01-04T09:30:00.000Z'],
    ['0 0 0 * january monday', '2026-11-20T10:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    ['0 0 0 1 1 *', '2026-11-22T15:36:39.000Z', '2027-01-01T00:00:00.000Z'],
    ['0 0 0 29 2 *', '2026-11-22T15:36:39.000Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 0 31 * *', '2026-11-22T15:36:39.000Z', '2026-12-31T00:00:00.000Z'],
    // Both days restricted: both must match (Friday the 13th).
    ['0 0 12 13 * 5', '2026-11-22T15:36:39.000Z', '2027-08-13T12:00:00.000Z'],
    ['0 0 5-7 * * *', '2026-11-22T07:00:00.000Z', '2026-11-23T05:00:00.000Z'],
    ['10,20/20 0 0 * * *', '2026-11-22T00:00:10.000Z', '2026-11-22T00:00:20.000Z'],
    ['10,20/20 0 0 * * *', '2026-11-22T00:00:20.000Z', '2026-11-22T00:00:40.000Z'],
    ['59 59 23 * * *', '2026-11-22T23:59:59.000Z', '2026-11-23T23:59:59.000Z'],
    ['0 0 0 30 2 *', '2026-11-22T15:36:39.000Z', undefined],
    // As NCrontab.Signed 3.3.2 reads them.
    ['0 55-5 * * * *', '2026-11-22T15:36:39.000Z', '2026-11-22T15:37:00.000Z'],
    ['0 55-5 * * * *', '2026-11-22T15:55:00.000Z', '2026-11-22T16:05:00.000Z'],
    ['0 0 0 1 Febr *', '2026-11-22T15:36:39.000Z', '2027-02-01T00:00:00.000Z'],
    ['0 0 0 * * Tues', '2026-11-22T15:36:39.000Z', '2026-11-24T00:00:00.000Z'],
    ['0 0 0 1 Ju *', '2026-11-22T15:36:39.000Z', '2027-06-01T00:00:00.000Z'],
    ['*/0 * * * * *', '2026-11-22T15:36:39.000Z', '2026-11-22T15:36:40.000Z'],
  ])('%s after %s is %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  it.each([
    ['', 'it has 0 fields'],
    ['0 *\t* * * *', 'is not a hour'],
    ['* * * *', 'it has 4 fields'],
    ['60 * * * * *', '"60" is not a second'],
    ['* * 24 * * *', '"24" is not a hour'],
    ['* * * 0 * *', '"0" is not a day'],
    ['* * * * 13 *', '"13" is not a month'],
    ['* * * * * 7', '"7" is not a day-of-week'],
    ['1-2-3 * * * * *', '"1-2-3" is not a second'],
    ['a * * * * *', '"a" is not a second'],
    ['1, * * * * *', '"1," is not a second'],
    ['* * * * jam *', '"jam" is not a month'],
  ])('refuses "%s"', (expression, problem) => {
    expect(() => parseNcrontab(expression)).toThrow(problem);
  });

  it('gives the first matching second after any time (checked against counting seconds)', () => {
    const field = constantFrom('*', '0', '*/7', '10-20', '5,35');
    const expression = tuple(field, field).map(([second, minute]) => `${second} ${minute} * * * *`);
    const start = date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });

    assert(
      property(expression, start, integer({ min: 0, max: 999 }), (text, at, ms) => {
        const cron = parseNcrontab(text);
        const after = Math.floor(at.getTime() / 1000) * 1000 + ms;
        let expected = Math.floor(after / 1000) * 1000 + 1000;
        const matches = (time: Date) =>
          cron.seconds.has(time.getUTCSeconds()) && cron.minutes.has(time.getUTCMinutes());
        while (!matches(new Date(expected))) expected += 1000;

        expect(nextNcrontab(cron, after)).toBe(expected);
      }),
      { seed: 20261122, numRuns: 200 },
    );
  });
});
