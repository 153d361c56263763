import { describe, expect, it } from '@jest/globals';
import { History } from '../../../faults/judge/history';
import { watchPromises } from '../../../faults/judge/watch-promises';
import { skus, userIdOf } from '../../../faults/script/tenant-model';
import type { TenantModel } from '../../../faults/script/tenant-model';
import { changeTenant } from '../../../faults/world/change-tenant';
import { openTenant } from '../../../faults/world/tenant';
import { VirtualTime } from '../../../rehearsal/world/virtual-time';
import { toUserId } from '../../../shared/kernel/ids';
import type { UserId } from '../../../shared/kernel/ids';
import { seededRandom } from '../../../shared/kernel/random';

const startAt = Date.UTC(2026, 4, 4, 8);
const minuteMs = 60_000;
const promisedForMs = 5 * minuteMs;
const tenant: TenantModel = {
  seats: { EMS: 1, SPE_E3: 10, SPE_E5: 10, POWER_BI_PRO: 10 },
  isNested: false,
  users: [1, 2].map((user) => ({ user, department: 'Legal', memberOf: [], manual: [] })),
};

/** One free seat of EMS at first, and the promises made at these minutes: to user 1, to user 2. */
function makeWorld(...madeAtMinute: readonly number[]) {
  const time = new VirtualTime(startAt);
  const graph = openTenant(tenant, time, seededRandom(1));
  const history = new History(graph, [], []);
  history.note(startAt);
  const promises = madeAtMinute.map((minute, index) => ({
    userId: toUserId(userIdOf(index + 1)),
    grantedUntil: startAt + minute * minuteMs + promisedForMs,
  }));
  const list = async function* (skuId: string): AsyncGenerator<{ userId: UserId; grantedUntil: number }> {
    if (skuId === skus.EMS.id) yield* promises;
  };
  const stores = { waiting: { list } } as unknown as Parameters<typeof watchPromises>[1];
  return {
    seats: (minute: number, enabled: number) => {
      changeTenant(graph, { kind: 'seats', at: 0, sku: 'EMS', enabled });
      history.note(startAt + minute * minuteMs);
    },
    judge: async (minute: number) =>
      (await watchPromises(graph, stores, history, startAt + minute * minuteMs)).map(({ text }) => text),
  };
}

describe('seats that are promised', () => {
  it('are no more than were free', async () => {
    expect(await makeWorld(10).judge(11)).toEqual([]);
    expect(await makeWorld(10, 12).judge(13)).toEqual(['2 seats of EMS are set aside where 1 were free']);
  });

  it('may be lost after they were promised, and none is promised then', async () => {
    const t = makeWorld(10, 13);
    t.seats(11, 0);
    expect(await t.judge(12)).toEqual(['2 seats of EMS are set aside where 0 were free']);
    const once = makeWorld(10);
    once.seats(11, 0);
    expect(await once.judge(14)).toEqual([]);
  });

  it('that run out are promised no more', async () => {
    expect(await makeWorld(10, 14).judge(16)).toEqual([]);
  });
});
