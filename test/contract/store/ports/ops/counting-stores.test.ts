import { beforeAll, describe, expect, it } from '@jest/globals';
import { collect } from '../../../../../shared/kernel/concurrently';
import { silentLogger } from '../../../../../shared/kernel/logger';
import { seededRandom } from '../../../../../shared/kernel/random';
import { makeTableStores } from '../../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../../support/clouds/lease-tables';
import type { LentTables } from '../../../../support/clouds/lease-tables';
import { ManualClock } from '../../../../support/manual-clock';
import {
  makeMemoryAttention,
  makeMemoryCounters,
  makeMemoryPlans,
} from '../../../../support/memory/memory-counts';
import { userId } from '../../../../support/user-states';

let azurite: LentTables;
beforeAll(async () => {
  azurite = await leaseTables();
});

const inTables = () =>
  makeTableStores({ ...azurite, clock: new ManualClock(1), random: seededRandom(1), logger: silentLogger });

const noStage = { users: 0, p50: null, p95: null, p99: null };
const noLevels = {
  ...{ at: 0, users: {}, usersUntil: 0, correctedAt: 0, correctedBy: null, waiting: {}, failures: [] },
  dismissed: { count: 0, oldestAt: null },
  times: { decided: noStage, written: noStage, verified: noStage },
  rates: { from: 0, until: 0, counts: {} },
  ...{ longest: [], forecastAt: 0, forecast: [] },
  census: { id: null, state: 'never', startedAt: null, endedAt: null, unsettled: 0 },
};

// What tests work with must do what the tables do.
const counterStores = [
  ['tables', () => inTables().counters],
  ['memory', makeMemoryCounters],
] as const;
const attentionStores = [
  ['tables', () => inTables().attention],
  ['memory', makeMemoryAttention],
] as const;
const planStores = [
  ['tables', () => inTables().plans],
  ['memory', makeMemoryPlans],
] as const;

describe.each(counterStores)('counters in %s', (_where, make) => {
  it('are listed by time, those of all processes, and only what is later', async () => {
    const counters = make();
    await counters.add({ at: 2_000, process: 'a', counts: { written: 2 } });
    await counters.add({ at: 1_000, process: 'b', counts: { decided: 1, 'users.blocked': -1 } });
    await counters.add({ at: 10_000, process: 'a', counts: { written: 5 } });

    expect(await collect(counters.list(0))).toEqual([
      { at: 1_000, counts: { decided: 1, 'users.blocked': -1 } },
      { at: 2_000, counts: { written: 2 } },
      { at: 10_000, counts: { written: 5 } },
    ]);
    expect((await collect(counters.list(1_000))).map(({ at }) => at)).toEqual([2_000, 10_000]);
    expect(await collect(counters.list(10_000))).toEqual([]);

    await counters.removeUntil(2_000);
    expect((await collect(counters.list(0))).map(({ at }) => at)).toEqual([10_000]);
    await counters.removeUntil(10_000);
    expect(await collect(counters.list(0))).toEqual([]);
  });

  it('are one row for a process and a time, whatever is added again', async () => {
    const counters = make();
    const row = { at: 20_000, process: 'a', counts: { written: 1 } };
    await counters.add(row);
    await counters.add({ ...row, counts: { written: 9 } });
    await counters.add({ ...row, process: 'b' });

    expect(await collect(counters.list(0))).toEqual([
      { at: 20_000, counts: { written: 1 } },
      { at: 20_000, counts: { written: 1 } },
    ]);
    await counters.removeUntil(20_000);
  });

  it('are forgotten by the hundred', async () => {
    const counters = make();
    for (let at = 1; at <= 205; at++) await counters.add({ at, process: 'p', counts: { written: at } });
    await counters.removeUntil(204);

    expect((await collect(counters.list(0))).map(({ at }) => at)).toEqual([205]);
    await counters.removeUntil(205);
  });
});

describe.each(counterStores)('what observe saw, beside counters in %s', (_where, make) => {
  const look = (at: number) => ({
    ...{ at, counts: {}, levels: noLevels, cursors: { seen: { value: null, updatedAt: at } } },
  });

  it('comes with the rows that are asked for, and is none of them', async () => {
    const counters = make();
    await counters.add({ at: 30_000, process: 'a', counts: { written: 1 } });
    await counters.keepLook(look(31_000));
    await counters.add({ at: 32_000, process: 'a', counts: { written: 2 } });

    expect(await counters.listWithLook(30_000)).toEqual({
      look: look(31_000),
      rows: [{ at: 32_000, counts: { written: 2 } }],
    });
    expect((await collect(counters.list(0))).map(({ at }) => at)).toEqual([30_000, 32_000]);
    await counters.removeUntil(40_000);
    expect(await counters.listWithLook(0)).toEqual({ look: look(31_000), rows: [] });
  });

  it('is taken over by a later look, never by an earlier one', async () => {
    const counters = make();
    for (const at of [50_000, 60_000, 55_000]) await counters.keepLook(look(at));

    expect((await counters.listWithLook(0)).look?.at).toBe(60_000);
  });
});

describe.each(attentionStores)('users who are not done, in %s', (_where, make) => {
  const entry = (number: number) => ({
    userId: userId(number),
    userPrincipalName: `u${String(number)}@contoso.com`,
    since: number,
    skus: [],
    reason: { code: 'seats/exhausted' as const, text: 'no seat' },
  });

  it('are listed by kind and id, page after page; the last entry counts', async () => {
    const attention = make();
    for (const number of [3, 1, 2]) await attention.put('waiting', entry(number));
    await attention.put('blocked', entry(2));
    await attention.put('waiting', { ...entry(2), since: 99 });

    expect((await collect(attention.list('waiting'))).map(({ since }) => since)).toEqual([1, 99, 3]);
    const page = await collect(attention.list('waiting', { limit: 2 }));
    expect(page.map(({ userId: id }) => id)).toEqual([userId(1), userId(2)]);
    expect(await collect(attention.list('waiting', { after: userId(2), limit: 2 }))).toEqual([entry(3)]);
    expect(await collect(attention.list('waiting', { limit: 0 }))).toEqual([]);
    expect(await collect(attention.places('waiting'))).toEqual([
      { userId: userId(1), since: 1 },
      { userId: userId(2), since: 99 },
      { userId: userId(3), since: 3 },
    ]);

    await attention.remove('waiting', userId(2));
    await attention.remove('waiting', userId(77));
    expect((await collect(attention.list('waiting'))).map(({ userId: id }) => id)).toEqual([
      userId(1),
      userId(3),
    ]);
    expect(await collect(attention.list('blocked'))).toEqual([entry(2)]);
    expect(await collect(attention.list('failed'))).toEqual([]);
  });
});

describe.each(planStores)('plans in %s', (_where, make) => {
  const lines = Array.from({ length: 250 }, (_none, number) => ({ id: userId(number), gains: ['EMS'] }));

  it('are read with any part of their lines, and again when they are saved again', async () => {
    const plans = make();
    await plans.save({ id: 'plan-a/b', at: 5_000, head: { users: 250 } }, lines);

    expect(await plans.read('plan-a/b')).toEqual({ id: 'plan-a/b', at: 5_000, head: { users: 250 } });
    expect(await plans.lines('plan-a/b', 0, 3)).toEqual(lines.slice(0, 3));
    expect(await plans.lines('plan-a/b', 98, 5)).toEqual(lines.slice(98, 103));
    expect(await plans.lines('plan-a/b', 240, 50)).toEqual(lines.slice(240));
    expect(await plans.lines('plan-a/b', 250, 50)).toEqual([]);
    expect(await plans.read('plan-none')).toBeUndefined();
    expect(await plans.lines('plan-none', 0, 10)).toEqual([]);

    await plans.save({ id: 'plan-a/b', at: 6_000, head: { users: 1 } }, lines);
    expect(await plans.read('plan-a/b')).toMatchObject({ at: 6_000, head: { users: 1 } });
  });

  it('are forgotten with their lines when they are old', async () => {
    const plans = make();
    await plans.save({ id: 'old', at: 1_000, head: {} }, lines);
    await plans.save({ id: 'new', at: 7_000, head: {} }, lines.slice(0, 1));
    await plans.removeBefore(7_000);

    expect(await plans.read('old')).toBeUndefined();
    expect(await plans.lines('old', 0, 10)).toEqual([]);
    expect(await plans.lines('new', 0, 10)).toEqual(lines.slice(0, 1));
    await plans.removeBefore(7_001);
    expect(await plans.read('new')).toBeUndefined();
  });
});
