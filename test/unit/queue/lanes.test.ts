import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toUserId } from '../../../shared/kernel/ids';
import type { UserId } from '../../../shared/kernel/ids';
import { isLane, laneOf } from '../../../shared/queue/lanes';

const id = toUserId('8a256a2b-b617-496d-b51b-e76466e88db0');

describe('laneOf', () => {
  // Computed outside: printf %s ID | sha256sum, first 8 hex digits, modulo the number of lanes.
  it.each<[string, string, number]>([
    ['8a256a2b-b617-496d-b51b-e76466e88db0', 'lane-30', 32],
    ['8a256a2b-b617-496d-b51b-e76466e88db0', 'lane-02', 5],
    ['c1ec4a95-1f05-45b3-a911-aa3fa01094f5', 'lane-21', 32],
    ['c1ec4a95-1f05-45b3-a911-aa3fa01094f5', 'lane-01', 5],
    ['00000000-0000-4000-8000-000000000001', 'lane-20', 32],
    ['00000000-0000-4000-8000-000000000001', 'lane-03', 5],
  ])('puts %s into %s of %d', (userId, lane, lanes) => {
    expect(laneOf(toUserId(userId), lanes)).toBe(lane);
  });

  it('does not care for the case of the id', () => {
    expect(laneOf(id.toUpperCase() as UserId, 32)).toBe(laneOf(id, 32));
  });

  it('uses every lane about equally, and no other', () => {
    const counts = new Map<string, number>();
    for (let number = 0; number < 3_200; number++) {
      const lane = laneOf(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as UserId, 32);
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }

    expect(counts.size).toBe(32);
    expect(Math.min(...counts.values())).toBeGreaterThan(60);
    expect([...counts.keys()].every((lane) => /^lane-(0\d|[12]\d|3[01])$/.test(lane))).toBe(true);
  });

  it('stays the same however often it is asked', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 128 }), (uuid, lanes) => {
        const lane = laneOf(toUserId(uuid), lanes);

        expect(laneOf(toUserId(uuid), lanes)).toBe(lane);
        expect(Number(lane.slice('lane-'.length))).toBeLessThan(lanes);
      }),
      { seed: 3 },
    );
  });
});

describe('isLane', () => {
  it.each(['lane-00', 'lane-07', 'lane-31', 'lane-32', 'lane-100', 'lane-127'])('knows %s', (session) => {
    expect(isLane(session)).toBe(true);
  });

  it.each([
    '',
    'made-up-1',
    'lane-',
    'lane-7',
    'lane-128',
    'lane-999',
    'lane-0007',
    'Lane-07',
    'lane-07 ',
    ' lane-07',
    'lane-07\n',
    'lane--7',
    'xlane-07',
    '8a256a2b-b617-496d-b51b-e76466e88db0',
  ])('takes %j for no lane', (session) => {
    expect(isLane(session)).toBe(false);
  });
});
