import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LocalClock } from '../../src/engine/local-clock';
import { TaskQueue } from '../../../emulator-kit/src/task-queue';

describe('TaskQueue', () => {
  it('gives tasks by time, equal ones in the order of adding', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (times) => {
        const queue = new TaskQueue();
        const ran: [number, number][] = [];
        times.forEach((at, order) => queue.add(at, () => ran.push([at, order])));

        for (let task = queue.takeDue(100); task; task = queue.takeDue(100)) task.run?.();

        expect(ran).toEqual([...ran].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
        expect(ran).toHaveLength(times.length);
      }),
      { seed: 3 },
    );
  });
});

describe('LocalClock', () => {
  const still = () => new LocalClock({ now: () => 1_000 });

  it('runs on the way what falls due, each at its own time, also what tasks add', () => {
    const clock = still();
    const seen: number[] = [];
    clock.schedule(1_300, () => seen.push(clock.now()));
    clock.schedule(1_100, () => {
      seen.push(clock.now());
      clock.schedule(1_200, () => seen.push(clock.now()));
    });

    clock.advance(500);

    expect(seen).toEqual([1_100, 1_200, 1_300]);
    expect(clock.now()).toBe(1_500);
    clock.stop();
  });

  it('does not run what was cancelled or lies beyond', () => {
    const clock = still();
    const seen: string[] = [];
    clock.schedule(1_100, () => seen.push('cancelled'))();
    clock.schedule(3_000, () => seen.push('later'));

    clock.advance(1_000);

    expect(seen).toEqual([]);
    clock.stop();
  });

  it('sleeps, and wakes early when told to give up', async () => {
    const clock = still();
    const aborts = new AbortController();
    const slept = clock.sleep(5_000);
    const given = clock.sleep(5_000, aborts.signal);

    aborts.abort(new Error('enough'));
    clock.advance(5_000);

    await slept;
    await expect(given).rejects.toThrow('enough');
    clock.stop();
  });
});
