import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../shared/kernel/errors';
import { makeCrashWatch } from '../../../shared/pipeline/crashes/crash-watch';
import type { CrashWatch } from '../../../shared/pipeline/crashes/crash-watch';
import { handleCarefully } from '../../../shared/pipeline/crashes/handle-carefully';
import type { HandlingStore } from '../../../shared/store/ports/handling-store';
import { ManualClock } from '../../support/manual-clock';
import { makePipelineWorld, userId } from '../../support/pipeline-world';
import { makeRecordingLogger } from '../../support/recording-logger';
import { quietTask } from '../../support/quiet-task';
import type { Cursor, CursorStore } from '../../../shared/store/ports/cursor-store';

const minute = 60_000;

function makeCursors(): CursorStore & { commits: number } {
  let cursor: Cursor = { etag: null, value: null, updatedAt: null };
  const store = {
    commits: 0,
    read: async () => cursor,
    commit: async (_name: string, from: Cursor, value: string) => {
      if (from.etag !== cursor.etag) throw new ConcurrencyError('the cursor');
      cursor = { etag: String(++store.commits), value, updatedAt: 0 };
      return cursor;
    },
  };
  return store;
}

describe('CrashWatch', () => {
  const start = (cursors: CursorStore, clock: ManualClock) =>
    makeCrashWatch({ cursors, clock, logger: makeRecordingLogger() });

  it('is careful in the third process that starts within half an hour, for a quarter of one', async () => {
    const cursors = makeCursors();
    const clock = new ManualClock();
    const careful: boolean[] = [];
    for (let process = 0; process < 3; process++) {
      careful.push(await start(cursors, clock).isCareful());
      clock.advance(minute);
    }
    expect(careful).toEqual([false, false, true]);
    const fourth = start(cursors, clock);
    expect(await fourth.isCareful()).toBe(true);
    clock.advance(15 * minute);
    expect(await fourth.isCareful()).toBe(false);
  });

  it('is not when starts are far apart', async () => {
    const cursors = makeCursors();
    const clock = new ManualClock();
    for (let process = 0; process < 5; process++) {
      expect(await start(cursors, clock).isCareful()).toBe(false);
      clock.advance(16 * minute);
    }
  });

  it('asks the table once per process, and again after a failure', async () => {
    const cursors = makeCursors();
    const broken = { isAway: true };
    const read = cursors.read.bind(cursors);
    cursors.read = async (name) => {
      if (broken.isAway) throw new Error('away');
      return read(name);
    };
    const watch = start(cursors, new ManualClock());

    await expect(watch.isCareful()).rejects.toThrow('away');
    broken.isAway = false;
    await Promise.all(Array.from({ length: 20 }, () => watch.isCareful()));

    expect(cursors.commits).toBe(1);
  });

  it('counts every one of many processes that start together', async () => {
    const cursors = makeCursors();
    const clock = new ManualClock();

    const careful = await Promise.all(Array.from({ length: 8 }, () => start(cursors, clock).isCareful()));

    expect(careful.filter(Boolean).length).toBeGreaterThanOrEqual(6);
  });

  it('lets suspects go one at a time, also after one that failed', async () => {
    const watch = start(makeCursors(), new ManualClock());
    let running = 0;
    let most = 0;
    const work = (fails: boolean) => async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (fails) throw new Error('no');
      return 'done';
    };

    const results = await Promise.allSettled([true, false, false].map((fails) => watch.alone(work(fails))));

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(most).toBe(1);
  });
});

/** `careful`, and what a table would hold of handlings that a process's end cut short. */
function makeWorld(careful: boolean, unfinished = 0) {
  const t = makePipelineWorld();
  const notes = { starts: unfinished, calls: 0, alone: 0 };
  const handling: HandlingStore = {
    unfinished: async () => (notes.calls++, notes.starts),
    begin: async () => {
      notes.calls++;
      notes.starts++;
    },
    finish: async () => {
      notes.calls++;
      notes.starts = 0;
    },
  };
  const crashWatch: CrashWatch = {
    isCareful: async () => careful,
    alone: async (work) => (notes.alone++, work()),
  };
  const pipeline = { ...t.pipeline, handling, crashWatch };
  const handle = async (work: () => Promise<void>) =>
    handleCarefully(pipeline, quietTask, () => userId, work);
  return { t, notes, handle };
}

describe('handleCarefully', () => {
  it('costs a healthy app nothing', async () => {
    const { notes, handle } = makeWorld(false);
    let handled = 0;

    await handle(async () => void handled++);

    expect([handled, notes.calls]).toEqual([1, 0]);
  });

  it('notes the beginning before the work, and strikes it out when the work ends, also with an error', async () => {
    const { notes, handle } = makeWorld(true);
    const during: number[] = [];

    await handle(async () => void during.push(notes.starts));
    await expect(
      handle(async () => {
        throw new Error('not possible');
      }),
    ).rejects.toThrow('not possible');

    expect(during).toEqual([1]);
    expect(notes).toMatchObject({ starts: 0, alone: 0 });
  });

  it('handles a suspect alone', async () => {
    const { notes, handle } = makeWorld(true, 2);

    await handle(async () => undefined);

    expect(notes).toMatchObject({ alone: 1, starts: 0 });
  });

  it('gives up on a user who ended the process three times, until a person says otherwise', async () => {
    const { t, notes, handle } = makeWorld(true, 3);
    let handled = 0;

    await handle(async () => void handled++);

    expect(handled).toBe(0);
    expect(t.failures).toMatchObject([{ subject: userId, class: 'crash' }]);
    expect(t.state()).toMatchObject({ outcome: 'failed', reasons: [{ code: 'crash/handling' }] });
    expect(notes.starts).toBe(0);
    await t.decide(t.hint({ source: 'notification' }));
    await t.decide(t.hint({ source: 'census' }));
    expect(t.sent).toEqual([]);
    await t.decide(t.hint({ source: 'operator' }));
    while (await t.step());
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.failures).toEqual([]);
  });
});
