import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../shared/kernel/clock';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import type { TableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import { userId, userState } from '../../../support/user-states';

const hour = 3_600_000;
const gone = { code: 'user/gone', text: 'Graph reports that this user was deleted.' } as const;
/** More rows than one transaction takes. */
const many = 120;

let stores: TableStores;
beforeAll(async () => {
  stores = makeTableStores({
    ...(await leaseTables()),
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
    budgetMs: 2_000,
  });
  const { users } = stores;
  for (const [id, rows] of [
    [userId(1), many],
    [userId(2), 1],
  ] as const) {
    let record = await users.read(id);
    for (let from = 0; from < rows; from += 60) {
      record = await users.commit(record, {
        state: userState({ outcome: 'outOfScope', reasons: [gone], missingSince: 1_000 }),
        timeline: Array.from({ length: Math.min(60, rows - from) }, (_, index) => ({
          version: from + index,
          step: 'seen',
          at: 1_000,
          text: 'seen',
          facts: {},
        })),
      });
    }
  }
  // Outside the policy's scope, and still in the directory.
  await users.commit(await users.read(userId(3)), {
    state: userState({
      outcome: 'outOfScope',
      reasons: [{ code: 'scope/outside', text: 'The policy is not about this user.' }],
      missingSince: 1_000,
    }),
    timeline: [],
  });
});

describe('TablePersonalRows over the table service', () => {
  it('tells the age of a row by when it was written', async () => {
    const now = Date.now();

    expect(await stores.personal.removeTimelines(0, now - hour)).toBe(0);
    expect(await stores.personal.removeTimelines(1, now + hour)).toBe(0);
    expect(await stores.users.timeline(userId(1))).toHaveLength(many);
    expect(await stores.personal.removeTimelines(0, now + hour)).toBe(many + 1);
    expect(await stores.users.timeline(userId(1))).toEqual([]);
    expect((await stores.users.read(userId(1))).state).not.toBeNull();
  });

  it('finds who has left in the part of their id, and deletes the rows, once', async () => {
    const leavers = [];
    for await (const user of stores.personal.leavers(0, 2_000)) leavers.push(user);
    expect(leavers.map(({ id }) => id)).toEqual([userId(1), userId(2)]);
    for await (const user of stores.personal.leavers(0, 1_000)) expect(user).toBeUndefined();
    for await (const user of stores.personal.leavers(1, 2_000)) expect(user).toBeUndefined();

    expect(await stores.personal.forget(leavers.slice(0, 1))).toEqual({
      ...{ users: 1, rows: { users: 1 }, texts: 0 },
    });
    expect(await stores.personal.forget(leavers)).toEqual({ users: 2, rows: { users: 1 }, texts: 0 });
    expect(await stores.personal.forget(leavers)).toEqual({ users: 2, rows: {}, texts: 0 });
  });
});
