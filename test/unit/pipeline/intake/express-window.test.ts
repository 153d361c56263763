import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import { toUserId } from '../../../../shared/kernel/ids';
import { makeExpressWindow } from '../../../../shared/pipeline/intake/express-window';
import type { ExpressWindow } from '../../../../shared/pipeline/intake/express-window';
import type { CursorStore } from '../../../../shared/store/ports/cursor-store';
import { ManualClock } from '../../../support/manual-clock';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';

const user = (number: number) =>
  toUserId(`${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`);
const users = (count: number, first = 0) => Array.from({ length: count }, (_, index) => user(first + index));

function makeWorld(processes = 1) {
  const clock = new ManualClock();
  const rows = makeMemoryCursors(() => clock.now());
  let calls = 0;
  const cursors: CursorStore = {
    ...rows,
    read: async (name) => {
      calls++;
      return rows.read(name);
    },
    commit: async (name, cursor, value) => {
      calls++;
      return rows.commit(name, cursor, value);
    },
  };
  const windows = Array.from({ length: processes }, () => makeExpressWindow(cursors, clock));
  return { clock, rows, cursors, windows, calls: () => calls };
}

const admitted = (answers: readonly boolean[]) => answers.filter(Boolean).length;
const askInTurn = async (windows: readonly ExpressWindow[], ids: readonly ReturnType<typeof user>[]) => {
  const answers: boolean[] = [];
  for (const [index, id] of ids.entries()) {
    answers.push((await windows[index % windows.length]?.admits(id)) === true);
  }
  return answers;
};

describe('the cut between express and bulk', () => {
  it.each([
    ['one after another at one process', 1, false],
    ['one after another at three processes', 3, false],
    ['all at once at one process', 1, true],
    ['all at once at three processes', 3, true],
  ])('lets 50 of 60 users by express who come %s', async (_how, processes, isAtOnce) => {
    const { windows } = makeWorld(processes);
    const ids = users(60);

    const answers = isAtOnce
      ? await Promise.all(ids.map(async (id, index) => windows[index % processes]?.admits(id)))
      : await askInTurn(windows, ids);

    expect(admitted(answers.map((answer) => answer === true))).toBe(50);
  });

  it('frees 50 places in 15 s, one by one, and costs no table call while none is free', async () => {
    const { windows, clock, calls } = makeWorld(2);
    await askInTurn(windows, users(60));
    // Each process has read that none is free.
    await askInTurn(windows, users(2, 500));
    const before = calls();

    clock.advance(290);
    expect(admitted(await askInTurn(windows, users(40, 100)))).toBe(0);
    expect(calls()).toBe(before);
    clock.advance(10);
    expect(admitted(await askInTurn(windows, users(40, 200)))).toBe(1);
    clock.advance(1_500);
    expect(admitted(await askInTurn(windows, users(40, 300)))).toBe(5);
    clock.advance(15_000);
    expect(admitted(await askInTurn(windows, users(60, 400)))).toBe(50);
  });

  it.each([1, 3])('lets who joins seconds after a crowd go by express (%i processes)', async (processes) => {
    const { windows, clock } = makeWorld(processes);
    await Promise.all(users(400).map(async (id, index) => windows[index % processes]?.admits(id)));
    const answers: boolean[] = [];
    for (const id of users(10, 1_000)) {
      clock.advance(1_500);
      answers.push(...(await askInTurn(windows, [id])));
    }

    expect(admitted(answers)).toBe(10);
  });

  it('counts a user once, however often changes tell of the user', async () => {
    const { windows, calls } = makeWorld();
    await askInTurn(windows, users(50));
    const before = calls();

    expect(admitted(await askInTurn(windows, [...users(50), ...users(50)]))).toBe(100);
    expect(calls()).toBe(before);
  });

  it('forgets who came more than 15 s ago: joiners who come one by one are no crowd', async () => {
    const { windows, clock } = makeWorld();
    const answers: boolean[] = [];
    for (const id of users(200)) {
      clock.advance(400);
      answers.push(...(await askInTurn(windows, [id])));
    }

    expect(admitted(answers)).toBe(200);
  });

  it('asks the table once for users who come together', async () => {
    const { windows, calls } = makeWorld();
    await windows[0]?.admits(user(0));
    const before = calls();

    await Promise.all(users(30, 1).map(async (id) => windows[0]?.admits(id)));

    // The first asks alone, the others together.
    expect(calls() - before).toBe(2);
  });

  it('is not closed by a clock that was far ahead, nor by a row that cannot be read', async () => {
    const { rows, clock } = makeWorld();
    const ahead = clock.now() + 3_600_000;
    for (const value of [
      JSON.stringify({
        users: Object.fromEntries(users(50).map((id) => [id.slice(0, 8), ahead])),
        taken: 50,
        at: ahead,
      }),
      'damaged',
      '',
    ]) {
      rows.rows.set('express-window', { etag: value, value, updatedAt: null });
      const fresh = makeExpressWindow(rows, clock);
      expect(await fresh.admits(user(1_000))).toBe(true);
      // It is a window like any other from then on.
      expect(admitted(await askInTurn([fresh], users(60, 2_000)))).toBe(49);
    }
  });

  it.each([
    ['are away', async () => Promise.reject(new Error('away'))],
    ['never let this process win', async () => Promise.reject(new ConcurrencyError('the row'))],
  ])('holds no user up when the tables %s', async (_how, commit) => {
    const { rows, clock } = makeWorld();
    const window = makeExpressWindow({ ...rows, commit }, clock);

    expect(admitted(await askInTurn([window], users(60)))).toBe(60);
  });
});

describe('what is written for a user of a crowd', () => {
  const queueOf = (t: ReturnType<typeof makePipelineWorld>) =>
    t.sent.flatMap((message) => (message.kind === 'operation' ? [message.queue] : []));

  it('goes in bulk whichever message brought the change, and by express when an operator asks', async () => {
    for (const [source, expected] of [
      ['notification', 'license-changes-bulk'],
      ['delta', 'license-changes-bulk'],
      ['operator', 'license-changes'],
    ] as const) {
      const t = makePipelineWorld();
      await askInTurn([t.pipeline.expressWindow], users(51));

      await t.hear({ source });

      expect([source, queueOf(t)]).toEqual([source, [expected]]);
      // Who waits there is not late.
      const { state } = await t.pipeline.users.read(userId);
      expect(state?.isSentInBulk === true).toBe(expected === 'license-changes-bulk');
    }
  });

  it('goes by express while there are fewer', async () => {
    const t = makePipelineWorld();
    await askInTurn([t.pipeline.expressWindow], users(49));

    await t.hear({ source: 'notification' });

    expect(queueOf(t)).toEqual(['license-changes']);
    expect(await t.pipeline.expressWindow.admits(userId)).toBe(true);
  });
});
