import { describe, expect, it } from '@jest/globals';
import { rememberSamples } from '../../../../shared/ops/samples/remember-samples';
import { sampleId } from '../../../../shared/ops/samples/sample-id';
import type { Sample } from '../../../../shared/store/ports/ops/sample';
import { makeMemoryRecords } from '../../../support/ops-world';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);
const sample = (at: number, waiting = 0): Sample => ({
  at,
  queues: {},
  waiting,
  pauses: 0,
  openFailures: 0,
  p95Ms: null,
  verdict: 'licensing',
});

function makeWorld() {
  const records = makeMemoryRecords<Sample>();
  let now = start + 10 * minute;
  let read: number[] = [];
  let requests = 0;
  const store: typeof records = {
    ...records,
    list: async function* (options) {
      requests++;
      for await (const one of records.list(options)) {
        read.push(one.value.at);
        yield one;
      }
    },
  };
  const since = rememberSamples(store, {
    stepMs: minute,
    clock: { now: () => now, sleep: async () => undefined },
  });
  return {
    write: (at: number, waiting = 0) => records.create(sampleId(at), sample(at, waiting)),
    since: async (minutes: number, observed?: number) =>
      (
        await since(start + minutes * minute, observed === undefined ? undefined : start + observed * minute)
      ).map(({ at }) => (at - start) / minute),
    goTo: (minutes: number) => {
      now = start + minutes * minute;
    },
    /** Minutes of the samples that were read since, and in how many requests. */
    take: () => {
      const taken = { read: read.map((at) => (at - start) / minute), requests };
      read = [];
      requests = 0;
      return taken;
    },
  };
}

describe('samples that a process remembers', () => {
  it('are read once: later only what came since, and nothing while none is due', async () => {
    const { write, since, goTo, take } = makeWorld();
    for (let number = 1; number <= 10; number++) await write(start + number * minute);
    expect(await since(5)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(take().requests).toBe(1);

    goTo(10.9);
    expect(await since(5)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(take()).toEqual({ read: [], requests: 0 });

    await write(start + 11 * minute);
    await write(start + 12 * minute);
    goTo(12.1);
    expect(await since(7)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(take()).toEqual({ read: [12, 11], requests: 1 });
  });

  it('are not looked for while observe, which takes them, has not run since the last one', async () => {
    const { write, since, goTo, take } = makeWorld();
    await write(start + 10 * minute);
    await since(5);
    take();

    goTo(11.5);
    expect(await since(5, 10.9)).toEqual([10]);
    expect(take().requests).toBe(0);
    await write(start + 11 * minute);
    expect(await since(5, 11)).toEqual([10, 11]);
    expect(take().requests).toBe(1);
  });

  it('are read further back when more are asked for', async () => {
    const { write, since, take } = makeWorld();
    for (let number = 1; number <= 10; number++) await write(start + number * minute);
    await since(8);
    take();

    expect(await since(3)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(take()).toEqual({ read: [7, 6, 5, 4, 3], requests: 1 });
    expect(await since(8)).toEqual([8, 9, 10]);
    expect(take().requests).toBe(0);
  });

  it('that were written late are seen after ten minutes', async () => {
    const { write, since, goTo } = makeWorld();
    for (const number of [8, 10]) await write(start + number * minute);
    await since(8);
    await write(start + 9 * minute);
    goTo(19);
    expect(await since(8)).toEqual([8, 10]);
    goTo(20);
    expect(await since(8)).toEqual([8, 9, 10]);
  });

  it('are there once when two ask at once, and again after a failure', async () => {
    const { write, since, goTo } = makeWorld();
    await write(start + 10 * minute);
    await since(8);
    await write(start + 11 * minute);
    goTo(11);
    expect(await Promise.all([since(8), since(8)])).toEqual([
      [10, 11],
      [10, 11],
    ]);

    let isAway = true;
    const records = makeMemoryRecords<Sample>();
    await records.create(sampleId(start), sample(start));
    const list = rememberSamples(
      {
        ...records,
        list: (options) => {
          if (isAway) throw new Error('away');
          return records.list(options);
        },
      },
      { stepMs: minute, clock: { now: () => start, sleep: async () => undefined } },
    );
    await expect(list(start)).rejects.toThrow('away');
    isAway = false;
    expect(await list(start)).toHaveLength(1);
  });
});
