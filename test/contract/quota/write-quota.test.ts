import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermanentError } from '../../../shared/kernel/errors';
import type { LeasedWriteQuota } from '../../../shared/quota/leased-write-quota';
import { startAzurite } from '../../support/azurite';
import type { Azurite } from '../../support/azurite';
import type { ManualClock } from '../../support/manual-clock';
import { QuotaWorld, rate } from '../../support/quota/quota-world';
import type { WriteKind } from '../../../shared/quota/write-quota';

// Time is the test's own clock; this bounds what hangs, also on a machine that does much else.
jest.setTimeout(300_000);

let azurite: Azurite;
let world: QuotaWorld;
let clock: ManualClock;
beforeAll(async () => {
  azurite = await startAzurite();
});
beforeEach(() => {
  world = new QuotaWorld(azurite);
  ({ clock } = world);
});
afterAll(() => azurite.close());

type Write = { readonly at: number; readonly kind: WriteKind; readonly name: string };
/** Lanes that write as fast as they are let, each write taking `tookMs`, until stopped. */
function runLanes(
  quota: LeasedWriteQuota,
  kind: WriteKind,
  lanes: number,
  written: Write[],
  tookMs = 0,
): () => void {
  const stops = Array.from({ length: lanes }, () => new AbortController());
  const lane = async (stop: AbortController) => {
    while (!stop.signal.aborted) {
      await quota.acquire(kind, 1, stop.signal).catch(() => undefined);
      if (!stop.signal.aborted) written.push({ at: clock.now(), kind, name: kind });
      if (tookMs > 0) await clock.sleep(tookMs, stop.signal).catch(() => undefined);
    }
  };
  for (const stop of stops) void lane(stop);
  return () => stops.forEach((stop) => stop.abort(new Error('the test is over')));
}
function mostOverRate(written: readonly Write[]): number {
  let most = 0;
  for (let from = 0; from < written.length; from++) {
    for (let to = from; to < written.length; to++) {
      const seconds = (written[to]!.at - written[from]!.at) / 1000;
      most = Math.max(most, to - from + 1 - rate * seconds);
    }
  }
  return most;
}

describe('LeasedWriteQuota', () => {
  it('lets a single write through at once', async () => {
    await expect(world.makeQuota().acquire('express', 1)).resolves.toBeUndefined();
  });

  it('keeps two processes that write express to one rate, with a burst of 2 s and the leases in hand', async () => {
    const written: Write[] = [];
    const stops = [world.makeQuota(), world.makeQuota()].map((quota) =>
      runLanes(quota, 'express', 16, written),
    );

    await world.pass(20_000);
    stops.forEach((stop) => stop());

    // 2 s of burst, and what was leased up to a second before it was used.
    expect(mostOverRate(written)).toBeLessThanOrEqual(3 * rate);
    expect(written.length).toBeGreaterThan(20 * rate * 0.95);
    expect(written.length).toBeLessThanOrEqual(22 * rate);
  });

  it('needs about two table calls a second while a process is alone', async () => {
    const written: Write[] = [];
    const stop = runLanes(world.makeQuota(), 'express', 32, written);
    await world.pass(2_000);
    world.calls = 0;

    await world.pass(10_000);
    stop();

    expect(world.calls).toBeLessThanOrEqual(24);
    expect(written.length).toBeGreaterThan(12 * rate * 0.95);
  });

  it('lets bulk use the whole rate while express writes nothing', async () => {
    const written: Write[] = [];
    const stop = runLanes(world.makeQuota(), 'bulk', 32, written);

    await world.pass(10_000);
    stop();

    expect(written.length).toBeGreaterThan(10 * rate * 0.95);
    expect(mostOverRate(written)).toBeLessThanOrEqual(3 * rate);
  });

  it.each(['express', 'bulk'] as const)(
    'lets a single %s lane write as fast as it can while the rate allows it',
    async (kind) => {
      const written: Write[] = [];
      const stop = runLanes(world.makeQuota(), kind, 1, written, 100);

      await world.pass(10_000);
      stop();

      expect(written.length).toBeGreaterThan(85);
    },
  );

  it('gives two processes with as many hungry lanes about the same, whenever each began', async () => {
    const first: Write[] = [];
    const second: Write[] = [];
    const stops = [runLanes(world.makeQuota(), 'bulk', 16, first)];
    await world.pass(5_050);
    stops.push(runLanes(world.makeQuota(), 'bulk', 16, second));
    const before = first.length;

    await world.pass(30_000);
    stops.forEach((stop) => stop());

    const share = second.length / (second.length + first.length - before);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
  });

  it('serves joiners that arrive in the midst of bulk within a second, from the quota kept for them', async () => {
    const bulk: Write[] = [];
    const joiners: Write[] = [];
    const stop = runLanes(world.makeQuota(), 'bulk', 32, bulk);
    await world.pass(5_000);
    const other = world.makeQuota();
    const arrivedAt = clock.now();

    for (let number = 0; number < 30; number++) {
      void other
        .acquire('express', 1)
        .then(() => joiners.push({ at: clock.now(), kind: 'express', name: String(number) }));
    }
    await world.pass(2_000);
    stop();

    expect(joiners.map(({ name }) => name)).toEqual(
      Array.from({ length: 30 }, (_, number) => String(number)),
    );
    expect(joiners.at(-1)!.at - arrivedAt).toBeLessThanOrEqual(1_000);
    const duringTheirs = bulk.filter(({ at }) => at > arrivedAt + 1_000);
    expect(duringTheirs.length).toBeLessThanOrEqual(8);
  });

  it('serves who joins alone in the midst of bulk of the same process at once, for a table call each', async () => {
    const quota = world.makeQuota();
    const stop = runLanes(quota, 'bulk', 32, []);
    await world.pass(5_000);
    world.calls = 0;
    let served = 0;

    for (let number = 1; number <= 10; number++) {
      await world.pass(650);
      void quota.acquire('express', 1).then(() => served++);
      await world.settle();
      expect(served).toBe(number);
    }
    stop();

    // Two a second for bulk, and one for each who joined.
    expect(world.calls).toBeLessThanOrEqual(30);
  });

  it('has no such rounds for a lane of express that writes all the time', async () => {
    const quota = world.makeQuota();
    const stops = [runLanes(quota, 'bulk', 32, []), runLanes(quota, 'express', 1, [], 150)];
    await world.pass(5_000);
    world.calls = 0;

    await world.pass(5_000);
    stops.forEach((stop) => stop());

    expect(world.calls).toBeLessThanOrEqual(14);
  });

  it('serves express before bulk of the same process, each first come first served', async () => {
    const quota = world.makeQuota();
    const order: string[] = [];
    const ask = (kind: WriteKind, name: string) => void quota.acquire(kind, 1).then(() => order.push(name));
    const written: Write[] = [];
    const stop = runLanes(quota, 'express', 32, written);
    await world.pass(3_000);
    stop();

    ask('bulk', 'b1');
    ask('bulk', 'b2');
    ask('express', 'e1');
    ask('express', 'e2');
    await world.pass(6_000);

    expect(order).toEqual(['e1', 'e2', 'b1', 'b2']);
  });

  it('makes all processes wait when Graph asked one of them to, and writes more slowly after', async () => {
    const written: Write[] = [];
    const [one, two] = [world.makeQuota(), world.makeQuota()];
    const stops = [one, two].map((quota) => runLanes(quota, 'express', 16, written));
    await world.pass(5_000);

    await Promise.all(Array.from({ length: 8 }, () => one.backOff(4_000)));
    const refusedAt = clock.now();
    await world.pass(8_000);
    stops.forEach((stop) => stop());

    // The other process may use up what it has leased already.
    const silence = written.filter(({ at }) => at > refusedAt + 1_000 && at < refusedAt + 4_000);
    const after = written.filter(({ at }) => at >= refusedAt + 4_000);
    expect(silence).toEqual([]);
    expect(after.length).toBeGreaterThan(0);
    expect(after.length).toBeLessThanOrEqual(rate * 0.8 * (4 + 1));
  });

  it('climbs back to the full rate as writes succeed', async () => {
    const quota = world.makeQuota();
    await quota.backOff(0);
    const written: Write[] = [];
    const stop = runLanes(quota, 'express', 32, written);

    for (let second = 0; second < 30; second++) {
      const before = written.length;
      await world.pass(1_000);
      for (let number = before; number < written.length; number++) quota.succeeded();
    }
    const before = written.length;
    await world.pass(5_000);
    stop();

    expect(written.length - before).toBeGreaterThanOrEqual(5 * rate - 8);
  });

  it('serves the next with quota that was given back, and drops what is too old', async () => {
    const quota = world.makeQuota();
    let served = 0;
    // More than one slice: the last of them wait for the next round.
    for (let asked = 0; asked < 2 * rate; asked++) void quota.acquire('express', 1).then(() => served++);
    await world.settle();
    const before = served;

    quota.giveBack('express', 1);
    await world.settle();

    expect(served).toBe(before + 1);
    await world.pass(4_000);
    expect(served).toBe(2 * rate);
    world.calls = 0;
    quota.giveBack('express', 2);
    void quota.acquire('express', 1);
    await world.settle();
    expect(world.calls).toBeGreaterThan(0);
  });

  it('knows itself closed for as long as Graph said', async () => {
    const quota = world.makeQuota();
    expect(quota.isClosed()).toBe(false);

    await quota.backOff(3_000);

    expect(quota.isClosed()).toBe(true);
    clock.advance(3_000);
    expect(quota.isClosed()).toBe(false);
  });

  it('forgets a caller that gave up, and serves the next', async () => {
    const quota = world.makeQuota();
    const stop = runLanes(quota, 'express', 32, []);
    await world.pass(3_000);
    stop();
    const caller = new AbortController();
    let served = false;

    const given = quota.acquire('express', 4, caller.signal);
    void quota.acquire('express', 1).then(() => (served = true));
    caller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await world.pass(2_000);

    expect(served).toBe(true);
  });

  it.each([
    ['is no JSON', 'nonsense'],
    ['lacks what it should have', '{}'],
    ['holds numbers beyond all', '{"ratePerSecond":1e999,"tokens":0,"spare":0,"updatedAt":0,"notBefore":0}'],
    ['is deep in debt', { tokens: -1e9, spare: -1e9 }],
    ['allows nothing', { ratePerSecond: 0 }],
    ['allows less than nothing', { ratePerSecond: -16, tokens: -16 }],
    ['is of a year to come', { updatedAt: 4e12 }],
    ['asks to wait for a century', { notBefore: 4e12, updatedAt: 4e12 }],
  ])('goes on with a row that %s', async (_what, damage) => {
    const client = world.makeClient();
    await client.createTable();
    const row = { ratePerSecond: 16, tokens: 16, spare: 0, updatedAt: clock.now(), notBefore: 0 };
    const json = typeof damage === 'string' ? damage : JSON.stringify({ ...row, ...damage });
    await client.upsertEntity({ partitionKey: 'quota', rowKey: world.rowKey, json }, 'Replace');
    const quota = world.makeQuota();
    let isServed = false;

    const served = quota.acquire('express', 1).then(() => (isServed = true));
    await world.pass(2_000);

    expect(isServed).toBe(true);
    await served;
  });

  it('refuses more writes at once than a slice can hold', async () => {
    await expect(world.makeQuota().acquire('express', 5)).rejects.toBeInstanceOf(PermanentError);
  });
});
