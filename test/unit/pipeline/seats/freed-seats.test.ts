import { describe, expect, it } from '@jest/globals';
import { listWaiting } from '../../../../shared/ops/waiting/list-waiting';
import { ems } from '../../../support/pipeline-world';
import { drain, minute, other, worldWith } from '../support/waiting-world';
import type { World } from '../support/waiting-world';

async function waiters(t: World, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await t.waiting.put({
      skuId: ems,
      userId: other(number),
      userPrincipalName: null,
      priority: 0,
      since: number,
      fallback: null,
    });
  }
}
/** The users who were granted a seat take it. */
async function takeSeats(t: World): Promise<void> {
  for (const { userId, grantedUntil } of t.waiting.entries()) {
    if (grantedUntil === null || grantedUntil <= t.now()) continue;
    await t.waiting.remove(userId, [ems]);
    t.world.seats = { ...t.world.seats, consumed: t.world.seats.consumed + 1 };
  }
}
const dates = async (t: World) =>
  (await listWaiting(t.pipeline)).flatMap(({ users }) => users.map(({ expectedAt }) => expectedAt));
const freed = async (t: World) =>
  (await t.waiting.service(ems)).served.reduce((sum, { seats }) => sum + seats, 0);

describe('seats that came free', () => {
  it('are none while the seats that were there at first are handed out', async () => {
    const t = worldWith({ enabled: 100, consumed: 0 });
    await waiters(t, 120);
    for (let round = 0; round < 3; round++) {
      await drain(t);
      await takeSeats(t);
      t.advance(minute);
    }

    expect(t.world.seats.consumed).toBe(100);
    expect(await freed(t)).toBe(0);
    expect(new Set(await dates(t))).toEqual(new Set([null]));
  });

  it('are none when a grant runs out and its seat goes to the next', async () => {
    const t = worldWith({ enabled: 1, consumed: 0 });
    await waiters(t, 3);
    for (let round = 0; round < 4; round++) {
      await drain(t);
      t.advance(6 * minute);
    }

    expect(await freed(t)).toBe(0);
    expect(await dates(t)).toEqual([null, null, null]);
  });

  it.each([1, 2, 5])('are counted when %p users give theirs back', async (count) => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await waiters(t, 20);
    await drain(t);
    t.advance(minute);
    t.world.seats = { enabled: 10, consumed: 10 - count };

    await drain(t);

    expect(await freed(t)).toBe(count);
  });

  it('are counted when seats are bought', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await waiters(t, 20);
    await drain(t);
    t.advance(minute);
    t.world.seats = { enabled: 14, consumed: 10 };

    await drain(t);

    expect(await freed(t)).toBe(4);
  });

  it('are counted once, however often the list is served', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await waiters(t, 20);
    await drain(t);
    t.advance(minute);
    t.world.seats = { enabled: 10, consumed: 8 };
    for (let round = 0; round < 3; round++) {
      await drain(t);
      t.advance(minute / 2);
    }

    expect(await freed(t)).toBe(2);
  });

  it('give a date that stays as long as seats come free at that rate', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await waiters(t, 30);
    await drain(t);
    for (let round = 0; round < 4; round++) {
      t.advance(10 * minute);
      t.world.seats = { ...t.world.seats, consumed: t.world.seats.consumed - 1 };
      await drain(t);
      await takeSeats(t);
    }

    const all = await dates(t);
    // Four seats in the half hour since the first: the next ten within some two hours.
    const tenth = Date.parse(all[9] ?? '') - t.now();
    expect(tenth / minute).toBeGreaterThan(60);
    expect(tenth / minute).toBeLessThan(120);
  });
});
