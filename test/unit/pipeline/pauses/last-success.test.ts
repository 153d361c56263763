import { describe, expect, it } from '@jest/globals';
import { makeLastSuccess } from '../../../../shared/pipeline/pauses/last-success';
import { scopesWork } from '../../../../shared/pipeline/pauses/own-pause';
import { decided } from '../../../support/decided';
import { makeMemoryControl } from '../../../support/memory/memory-control';
import { makePipelineWorld, refusal } from '../../../support/pipeline-world';

function makeWorld(processes: number) {
  let now = 1_000_000;
  const clock = { now: () => now, sleep: async () => undefined };
  const control = makeMemoryControl();
  const calls = { reads: 0, writes: 0 };
  const counted = {
    noteSuccess: async (scope: string, at: number) => {
      calls.writes++;
      await control.noteSuccess(scope, at);
    },
    lastSuccess: async (scope: string) => {
      calls.reads++;
      return control.lastSuccess(scope);
    },
  };
  return {
    all: Array.from({ length: processes }, () => makeLastSuccess(counted, clock)),
    calls,
    advance: (ms: number) => (now += ms),
    now: () => now,
  };
}

describe('when a scope last worked', () => {
  it('is known to processes in which nothing has worked yet', async () => {
    const t = makeWorld(8);
    t.all[0]?.note(['apply']);
    const at = t.now();
    t.advance(4_000);

    expect(await Promise.all(t.all.map((process) => process.of('apply')))).toEqual(Array(8).fill(at));
    expect(await t.all[1]?.of('intake')).toBeUndefined();
  });

  it('is written at most every 2 s by a process, and not read while it knows itself', async () => {
    const t = makeWorld(1);
    for (let writes = 0; writes < 200; writes++) {
      t.all[0]?.note(['apply']);
      await t.all[0]?.of('apply');
      t.advance(50);
    }

    expect(t.calls).toEqual({ reads: 0, writes: 5 });
  });

  it('is noted again after the tables were away', async () => {
    let isAway = true;
    const control = makeMemoryControl();
    const notes = makeLastSuccess(
      {
        ...control,
        noteSuccess: async (scope, at) => {
          if (isAway) throw new Error('503');
          await control.noteSuccess(scope, at);
        },
      },
      { now: () => 7, sleep: async () => undefined },
    );
    notes.note(['apply']);
    await Promise.resolve();
    await Promise.resolve();
    isAway = false;
    notes.note(['apply']);

    expect(await control.lastSuccess('apply')).toBe(7);
  });
});

describe('one user whom Graph refuses', () => {
  it('pauses no one when others are written by other processes', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('permission', 403);
    };
    const elsewhere = { ...t.pipeline, lastSuccess: makeLastSuccess(t.pipeline.control, t.pipeline.clock) };
    await scopesWork(elsewhere, t.task, ['apply']);
    t.advance(4_000);

    await t.apply(operation);

    expect(await t.pipeline.control.pauses()).toEqual([]);
    expect(t.state()?.retry).toMatchObject({ key: 'permission' });
  });

  it('pauses the scope when it has not worked for any user', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('permission', 403);
    };

    await t.apply(operation);

    expect(await t.pipeline.control.pauses()).toMatchObject([{ scope: 'apply', origin: 'permission' }]);
  });
});
