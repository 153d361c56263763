import { describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../shared/kernel/ids';
import { toUserId } from '../../../shared/kernel/ids';
import { makeCrashWatch } from '../../../shared/pipeline/crashes/crash-watch';
import { handleCarefully } from '../../../shared/pipeline/crashes/handle-carefully';
import { isDeadHere } from '../../../shared/pipeline/crashes/instance';
import { ManualClock } from '../../support/manual-clock';
import { makeMemoryHandling } from '../../support/memory/memory-handling';
import { makePipelineWorld, userId } from '../../support/pipeline-world';
import { quietTask } from '../../support/quiet-task';
import { makeRecordingLogger } from '../../support/recording-logger';

const minute = 60_000;
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Processes of the app, each on a machine of its own, over one table; a process dies by no longer being used. */
function makeApp() {
  const t = makePipelineWorld();
  const clock = new ManualClock(10 * minute);
  const handling = makeMemoryHandling();
  let started = 0;
  const start = (machine = `machine-${String(started + 1)}`) => {
    const instance = `${machine} ${String(100 + started)} id-${String(++started)}`;
    let isDead = false;
    const crashWatch = makeCrashWatch({
      store: {
        ...handling,
        // A dead process says nothing more; its loop goes on here, since the test's process lives.
        beat: async (row) => (isDead ? undefined : handling.beat(row)),
      },
      clock,
      logger: makeRecordingLogger(),
      instance,
      // Of machine-N the process of the highest number runs, all earlier ones are gone.
      isRunning: () => false,
    });
    const services = { ...t.pipeline, clock, handling, crashWatch };
    const handle = (work: () => Promise<void>, messageId = 'm', user: UserId = userId) =>
      handleCarefully(services, quietTask, { messageId, userOf: () => user }, work);
    /** Begins to handle and never ends: the process has died. */
    const dieOf = async (messageId = 'm', user: UserId = userId) => {
      void handle(() => new Promise(() => undefined), messageId, user);
      for (let turn = 0; turn < 20; turn++) await tick();
      isDead = true;
    };
    return { instance, crashWatch, handle, dieOf };
  };
  /** Two deaths that no user caused: from here on handling is noted. */
  const becomeCareful = async () => {
    for (let death = 0; death < 2; death++) await start('old').crashWatch.isCareful();
    clock.advance(2 * minute);
  };
  return { t, clock, handling, start, becomeCareful };
}

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

describe('handleCarefully', () => {
  it('notes nothing in a healthy app', async () => {
    const app = makeApp();
    let handled = 0;

    await app.start().handle(async () => void handled++);

    expect([handled, app.handling.calls]).toEqual([1, 0]);
  });

  it('notes the beginning before the work and forgets it when the work ends, also with an error', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const { handle } = app.start();
    let during = 0;

    await handle(async () => void (during = (await app.handling.notes(userId)).length));
    const failing = handle(async () => {
      throw new Error('not possible');
    });
    await expect(failing).rejects.toThrow('not possible');

    expect(during).toBe(1);
    expect(await app.handling.notes(userId)).toEqual([]);
  });

  it('does not take overlapping messages for deaths: no user fails, and they run side by side', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const processes = [app.start(), app.start(), app.start()] as const;
    const process = (n: number) => processes[n % 3] ?? processes[0];
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < 300; turn++) await tick();
      running--;
    };

    const handled: Promise<void>[] = [];
    for (let n = 0; n < 14; n++) {
      handled.push(process(n).handle(work, `m${String(n)}`));
      for (let turn = 0; turn < 10; turn++) await tick();
    }
    await Promise.all(handled);

    expect(most).toBe(14);
    expect(app.t.failures).toEqual([]);
    expect(app.t.state()).toBeNull();
    expect(await app.handling.notes(userId)).toEqual([]);
  });

  it('forgets its own note only: another message that is under way keeps its own', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const { dieOf } = app.start();
    await dieOf('other');

    await app.start().handle(async () => undefined, 'mine');

    expect(await app.handling.notes(userId)).toMatchObject([{ message: 'other' }]);
  });

  it('gives up on a user after three deaths, until a person says otherwise', async () => {
    const app = makeApp();
    const { t } = app;
    await app.becomeCareful();
    for (let death = 0; death < 3; death++) {
      await app.start().dieOf();
      app.clock.advance(2 * minute);
    }
    let handled = 0;

    await app.start().handle(async () => void handled++);

    expect(handled).toBe(0);
    expect(t.failures).toMatchObject([{ subject: userId, class: 'crash' }]);
    expect(t.state()).toMatchObject({ outcome: 'failed', reasons: [{ code: 'crash/handling' }] });
    expect(await app.handling.notes(userId)).toEqual([]);
    await t.decide(t.hint({ source: 'notification' }));
    await t.decide(t.hint({ source: 'census' }));
    expect(t.sent).toEqual([]);
    await t.decide(t.hint({ source: 'operator' }));
    while (await t.step());
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.failures).toEqual([]);
  });

  it('finds the cause although another message about the same user ends well in between', async () => {
    const app = makeApp();
    await app.becomeCareful();
    for (let death = 0; death < 3; death++) {
      await app.start().dieOf('kills');
      app.clock.advance(2 * minute);
      if (death < 2) await app.start().handle(async () => undefined, 'harmless');
    }

    await app.start().handle(async () => undefined, 'harmless');

    expect(app.t.failures).toMatchObject([{ class: 'crash' }]);
  });

  it('clears a user who only was there: the message that died ends well the next time', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const innocent = toUserId('bbbbbbbb-0000-4000-8000-000000000077');
    for (let death = 0; death < 2; death++) {
      await app.start().dieOf('m-innocent', innocent);
      app.clock.advance(2 * minute);
    }

    await app.start().handle(async () => undefined, 'm-innocent', innocent);

    expect(await app.handling.notes(innocent)).toEqual([]);
    expect(app.t.failures).toEqual([]);
  });

  it('handles the suspects of one death per user, and those of two one at a time', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const users = [1, 2, 3].map((n) => toUserId(`bbbbbbbb-0000-4000-8000-00000000010${String(n)}`));
    const mostAtOnce = async () => {
      const { handle } = app.start();
      let running = 0;
      let most = 0;
      const work = async () => {
        most = Math.max(most, ++running);
        for (let turn = 0; turn < 30; turn++) await tick();
        running--;
      };
      await Promise.all(users.flatMap((user) => [handle(work, 'a', user), handle(work, 'b', user)]));
      return most;
    };
    for (const user of users) await app.start().dieOf('m', user);
    app.clock.advance(2 * minute);
    const afterOne = await mostAtOnce();
    for (const user of users) await app.start().dieOf('m2', user);
    app.clock.advance(2 * minute);
    const afterTwo = await mostAtOnce();

    expect([afterOne, afterTwo]).toEqual([3, 1]);
  });
});
