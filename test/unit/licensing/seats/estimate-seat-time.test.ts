import { describe, expect, it } from '@jest/globals';
import { estimateSeatTime } from '../../../../shared/licensing/seats/estimate-seat-time';

const now = 1_000_000;

describe('forecastSeat', () => {
  it('does not know before a seat came free', () => {
    expect(estimateSeatTime(1, [], now)).toBeUndefined();
  });

  it.each([
    ['the next', 1, now + 500],
    ['the fourth', 4, now + 2_000],
  ])('counts by the rate so far: %s', (_, position, expected) => {
    const served = [
      { at: now - 1_000, seats: 1 },
      { at: now - 100, seats: 1 },
    ];

    expect(estimateSeatTime(position, served, now)).toBe(expected);
  });

  it('grows more careful the longer nothing comes free', () => {
    const served = [{ at: now - 1_000, seats: 1 }];

    expect(estimateSeatTime(1, served, now + 9_000)).toBe(now + 19_000);
  });
});
