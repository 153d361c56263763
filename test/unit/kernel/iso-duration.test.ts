import { describe, expect, it } from '@jest/globals';
import { parseIsoDuration, readIsoDuration } from '../../../shared/kernel/iso-duration';

const hour = 3_600_000;

describe('an ISO 8601 duration', () => {
  it.each([
    ['PT1M', 0, 60_000],
    ['P1DT6H', 0, 30 * hour],
    ['p14d', 0, 14 * 24 * hour],
    ['P2W', 0, 14 * 24 * hour],
    ['P1Y2M', 14, 0],
    ['PT0.5S', 0, 500],
    ['PT0S', 0, 0],
    // .NET's largest one, which Azure writes for "never".
    ['P10675199DT2H48M5.4775807S', 0, 922_337_203_685_478],
  ])('%s is %i months and %i ms', (text, months, ms) => {
    expect(readIsoDuration(text)).toEqual({ months, ms });
  });

  it.each(['', 'P', 'PT', '1D', 'P1', 'P1DT', 'PT1D', 'P-1D', ' P1D', 'P1D '])('is not %j', (text) => {
    expect(readIsoDuration(text)).toBeUndefined();
    expect(() => parseIsoDuration(text)).toThrow(expect.objectContaining({ code: 'queue/bad-duration' }));
  });

  it('of a setting of Service Bus has no months, as they have no fixed length', () => {
    expect(parseIsoDuration('PT5M')).toBe(300_000);
    expect(() => parseIsoDuration('P1M')).toThrow(expect.objectContaining({ code: 'queue/bad-duration' }));
  });
});
