import { describe, expect, it } from '@jest/globals';
import { percentile, timesToLicensed } from '../../../../rehearsal/judge/times-to-licensed';

const user = (id: string, readableAt = 1_000) => ({ id, readableAt });
const write = (userId: string, at: number, extra: object = {}) => ({
  at,
  kind: 'assignLicense',
  userId,
  status: 200,
  effective: true,
  add: [{ skuId: 'sku', disabledPlans: [] }],
  ...extra,
});

describe('percentile', () => {
  it.each([
    [0.5, 2],
    [0.95, 4],
    [0.25, 1],
    [1, 4],
  ])('takes the nearest rank at %d', (share, expected) => {
    expect(percentile([1, 2, 3, 4], share)).toBe(expected);
  });

  it('is 0 of nothing', () => {
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('timesToLicensed', () => {
  it('counts from readable to the first effective license write', () => {
    const log = [
      write('a', 1_100, { kind: 'usageLocation', add: [] }),
      write('a', 1_200, { status: 400, effective: false }),
      write('A', 1_500),
      write('a', 9_000),
      write('stranger', 1_001),
    ];

    expect(timesToLicensed([user('a')], log)).toEqual([500]);
  });
});
