import { describe, expect, it } from '@jest/globals';
import { makeCrashWatch } from '../../../../shared/pipeline/crashes/crash-watch';
import { isDeadHere } from '../../../../shared/pipeline/crashes/instance';
import { userId } from '../../../support/pipeline-world';
import { makeRecordingLogger } from '../../../support/recording-logger';
import { makeApp, minute, tick } from '../support/crashing-app';

describe('CrashWatch', () => {
  it('takes starts for no deaths, however many there are', async () => {
    const app = makeApp();
    const careful = await Promise.all(Array.from({ length: 12 }, () => app.start().crashWatch.isCareful()));

    expect(careful).toEqual(Array(12).fill(false));
  });

  it('is careful after two deaths within half an hour, and no longer when they are older', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const watch = app.start().crashWatch;

    expect(await watch.isCareful()).toBe(true);
    app.clock.advance(31 * minute);
    expect(await watch.isCareful()).toBe(false);
  });

  it('takes a process that said goodbye for no death', async () => {
    const app = makeApp();
    for (let ends = 0; ends < 5; ends++) {
      const { crashWatch } = app.start();
      await crashWatch.isCareful();
      await crashWatch.goodbye();
    }
    app.clock.advance(2 * minute);

    expect(await app.start().crashWatch.isCareful()).toBe(false);
  });

  it('takes processes that have nothing to do for no deaths', async () => {
    const app = makeApp();
    for (let idle = 0; idle < 5; idle++) await app.start().handle(async () => undefined);
    for (let seconds = 0; seconds < 180; seconds += 10) {
      app.clock.advance(10_000);
      await tick();
    }

    expect(await app.handling.instances()).toEqual([]);
    expect(await app.start().crashWatch.isCareful()).toBe(false);
  });

  it('is known to live again before it notes anything after it had nothing to do', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const one = app.start();
    await one.handle(async () => undefined);
    for (let seconds = 0; seconds < 60; seconds += 10) {
      app.clock.advance(10_000);
      await tick();
    }
    let seen: ReadonlySet<string> | undefined;
    await one.handle(async () => {
      seen = await app.start().crashWatch.deadAmong([one.instance]);
    });

    expect(seen).toEqual(new Set());
  });

  it('counts nothing against the users in hand when a process is taken away, and says no more after it', async () => {
    const app = makeApp();
    await app.becomeCareful();
    for (let ends = 0; ends < 4; ends++) {
      const one = app.start();
      void one.handle(() => new Promise(() => undefined));
      for (let turn = 0; turn < 20; turn++) await tick();
      await one.crashWatch.goodbye();
      app.clock.advance(30_000);
      await tick();
      expect((await app.handling.instances()).map(({ instance }) => instance)).not.toContain(one.instance);
    }
    let isHandled = false;
    await app.start().handle(async () => void (isHandled = true));

    expect(isHandled).toBe(true);
    expect(await app.handling.notes(userId)).toEqual([]);
  });

  it('takes a process that works for long for alive: it says so all the time', async () => {
    const app = makeApp();
    const busy = app.start();
    let end = () => undefined as void;
    const long = busy.crashWatch.alive(() => new Promise<void>((resolve) => (end = resolve)));
    for (let seconds = 0; seconds < 600; seconds += 10) {
      await tick();
      app.clock.advance(10_000);
      await tick();
    }
    const other = app.start().crashWatch;

    expect(await other.deadAmong([busy.instance])).toEqual(new Set());
    end();
    await long;
    app.clock.advance(2 * minute);
    expect(await other.deadAmong([busy.instance])).toEqual(new Set([busy.instance]));
  });

  it('asks the table once a minute, and again after a failure', async () => {
    const app = makeApp();
    let asked = 0;
    let isAway = true;
    const watch = makeCrashWatch({
      store: {
        ...app.handling,
        instances: async () => {
          asked++;
          if (isAway) throw new Error('away');
          return [];
        },
      },
      clock: app.clock,
      logger: makeRecordingLogger(),
      instance: 'm 1 x',
    });

    await expect(watch.isCareful()).rejects.toThrow('away');
    isAway = false;
    await Promise.all(Array.from({ length: 20 }, () => watch.isCareful()));

    expect(asked).toBe(2);
  });
});

describe('a process of the same machine', () => {
  const own = 'here 7 me';
  const runs =
    (...pids: number[]) =>
    (pid: number) =>
      pids.includes(pid);

  it.each([
    ['itself', own, runs(), false],
    ['one whose number is free', 'here 8 x', runs(), true],
    ['an earlier one of the same number', 'here 7 x', runs(7), true],
    ['one whose number is in use', 'here 8 x', runs(8), undefined],
    ['one of another machine', 'there 8 x', runs(), undefined],
  ])('%s', (_, instance, isRunning, expected) => {
    expect(isDeadHere(instance, own, isRunning)).toBe(expected);
  });
});
