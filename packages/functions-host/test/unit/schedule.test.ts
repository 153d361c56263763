import { describe, expect, it } from '@jest/globals';
import { parseTimeSpan } from '../../src/time-span';
import { toRetryPolicy } from '../../src/timers/retry-policy';
import { parseSchedule } from '../../src/timers/schedule';

const now = Date.parse('2026-11-22T15:36:39.500Z');

describe('a time span', () => {
  it.each([
    ['00:00:01', 1_000],
    ['00:00:00.300', 300],
    ['00:30:00', 1_800_000],
    ['04:00:00', 14_400_000],
    ['1.02:00:00', 93_600_000],
    ['24:00:00', undefined],
    ['00:60:00', undefined],
    ['00:00', undefined],
    ['5', undefined],
    ['', undefined],
  ])('"%s" is %s ms', (text, expected) => {
    expect(parseTimeSpan(text)).toBe(expected);
  });
});

describe('a schedule', () => {
  it.each([
    ['00:00:02', now + 2_000, false],
    ['00:01:00', now + 60_000, true],
    ['* * * * * *', now + 500, false],
    ['*/59 * * * * *', now + 19_500, false],
    ['0 * * * * *', now + 20_500, true],
    ['0 0 3 * * *', Date.parse('2026-11-23T03:00:00Z'), true],
  ])('%s is next due, and monitored from a minute on', (text, expected, monitored) => {
    const schedule = parseSchedule(text, now);

    expect(schedule.next(now)).toBe(expected);
    expect(schedule.monitoredByDefault).toBe(monitored);
  });

  it.each([
    ['00:00:00', 'the interval is zero'],
    ['0 0 0 30 2 *', 'never fires'],
    ['every minute', 'it has 2 fields'],
  ])('"%s" is refused', (text, problem) => {
    expect(() => parseSchedule(text, now)).toThrow(problem);
  });
});

describe('a retry policy', () => {
  it('waits the same time each time, or twice as long up to a limit', () => {
    const fixed = toRetryPolicy({
      retryStrategy: 'fixedDelay',
      maxRetryCount: 3,
      delayInterval: { seconds: 5 },
    });
    const growing = toRetryPolicy({
      retryStrategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumInterval: { seconds: 2 },
      maximumInterval: { seconds: 10 },
    });

    expect([1, 2, 3].map((retry) => fixed?.delayMs(retry))).toEqual([5_000, 5_000, 5_000]);
    expect([1, 2, 3, 4, 99].map((retry) => growing?.delayMs(retry))).toEqual([
      2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
    expect(growing?.maxRetryCount).toBe(-1);
    expect(toRetryPolicy(undefined)).toBeUndefined();
  });
});
