import { describe, expect, it } from '@jest/globals';
import { toUserId } from '../../../../shared/kernel/ids';
import { userId } from '../../../support/pipeline-world';
import { makeApp, minute, tick } from '../support/crashing-app';

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

  it('fails with what the work failed with, also where its note cannot be taken back', async () => {
    const app = makeApp();
    await app.becomeCareful();
    const { handle } = app.start();
    const loseTables = () => {
      app.handling.forget = () => Promise.reject(new Error('The tables are away'));
    };

    const failing = handle(async () => {
      loseTables();
      throw new Error('not possible');
    });
    await expect(failing).rejects.toThrow('not possible');
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
