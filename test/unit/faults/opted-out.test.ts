import { describe, expect, it } from '@jest/globals';
import { givenAt, optedOut } from '../../../faults/judge/opted-out';
import type { Change } from '../../../faults/script/script';
import { plans, skus, userIdOf } from '../../../faults/script/tenant-model';
import type { PlanName, SkuName } from '../../../faults/script/tenant-model';
import { openTenant } from '../../../faults/world/tenant';
import { VirtualTime } from '../../../rehearsal/world/virtual-time';
import { seededRandom } from '../../../shared/kernel/random';

const minuteMs = 60_000;
const assign = (minute: number, sku: SkuName, off: readonly PlanName[], user = 1): Change => ({
  kind: 'adminAssign',
  at: minute * minuteMs,
  user,
  sku,
  off,
});
const off = (changes: readonly Change[], sku: SkuName, givenMinute?: number) => [
  ...optedOut({ changes }, 1, sku, givenMinute === undefined ? undefined : givenMinute * minuteMs),
];

describe('what a person has switched off', () => {
  const twice = [assign(1, 'SPE_E3', ['TEAMS1']), assign(10, 'SPE_E3', [])];

  it('is not what the person switched on again before the license was swapped', () => {
    expect(off(twice, 'SPE_E5', 30)).toEqual([]);
    expect(off([...twice, assign(12, 'SPE_E3', ['YAMMER_ENTERPRISE'])], 'SPE_E5', 30)).toEqual([
      'YAMMER_ENTERPRISE',
    ]);
  });

  it('is what a swap took along, whatever the person did to the license before it later', () => {
    expect(off(twice, 'SPE_E5', 5)).toEqual(['TEAMS1']);
    // The write may go by what was read before the person switched it on.
    expect(off(twice, 'SPE_E5', 12)).toEqual(['TEAMS1']);
  });

  it('is of this user, and of this SKU or one of its exclusive group', () => {
    const changes = [
      assign(1, 'SPE_E3', ['TEAMS1']),
      assign(2, 'SPE_E5', ['YAMMER_ENTERPRISE']),
      assign(3, 'EMS', ['INTUNE_A']),
      assign(4, 'SPE_E3', ['EXCHANGE_S_ENTERPRISE'], 2),
    ];
    expect(off(changes, 'SPE_E5', 30)).toEqual(['TEAMS1', 'YAMMER_ENTERPRISE']);
    expect(off(changes, 'EMS', 30)).toEqual(['INTUNE_A']);
    expect(off(changes, 'POWER_BI_PRO', 30)).toEqual([]);
  });

  it('is all of it where nothing was given, or the user was put back to what they held', () => {
    const undo: Change = {
      kind: 'undo',
      at: 40 * minuteMs,
      by: 'ann',
      user: 1,
      backMs: minuteMs,
      forMs: minuteMs,
    };
    expect(off(twice, 'SPE_E5')).toEqual(['TEAMS1']);
    expect(off([...twice, undo], 'SPE_E5', 41)).toEqual(['TEAMS1']);
  });
});

describe('when the app last gave a SKU', () => {
  it('is when a write of it brought the SKU, not when one changed its plans', async () => {
    const startedAt = Date.UTC(2026, 4, 4, 8);
    const time = new VirtualTime(startedAt);
    const seats = { EMS: 10, SPE_E3: 10, SPE_E5: 10, POWER_BI_PRO: 10 };
    const department = 'Sales' as const;
    const people = [1, 2].map((user) => ({ user, department, memberOf: [], manual: [] }));
    const graph = openTenant({ seats, isNested: false, users: people }, time, seededRandom(1));
    const headers: Readonly<Record<string, string>> = {
      authorization: `Bearer ${graph.issueToken()}`,
      'content-type': 'application/json',
    };
    const write = async (user: number, add: readonly PlanName[] | null) => {
      const { id } = skus.EMS;
      const addLicenses = add === null ? [] : [{ skuId: id, disabledPlans: add.map((plan) => plans[plan]) }];
      const answer = await graph.answer({
        method: 'POST',
        url: `/v1.0/users/${userIdOf(user)}/assignLicense`,
        header: (name) => headers[name],
        text: JSON.stringify({ addLicenses, removeLicenses: add === null ? [id] : [] }),
      });
      expect(answer.status).toBe(200);
    };
    const until = async (minute: number) => {
      time.at(startedAt + minute * minuteMs, () => undefined);
      await time.run(minute * minuteMs);
    };
    const world = { graph, startedAt };

    await until(1);
    await write(1, []);
    await write(1, null);
    expect(givenAt(world, 1, 'EMS')).toBe(minuteMs);
    await until(10);
    await write(1, []);
    await until(20);
    await write(1, ['INTUNE_A']);
    await write(2, []);

    expect(givenAt(world, 1, 'EMS')).toBe(10 * minuteMs);
    expect(givenAt(world, 2, 'EMS')).toBe(20 * minuteMs);
    expect(givenAt(world, 1, 'SPE_E3')).toBeUndefined();
    graph.close();
  });
});
