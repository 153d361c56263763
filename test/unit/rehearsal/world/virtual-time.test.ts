import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '../../../../rehearsal/world/virtual-time';

describe('VirtualTime', () => {
  it('goes from event to event in order, and to no event that was called off', async () => {
    const time = new VirtualTime(1_000);
    const seen: [string, number][] = [];
    const note = (name: string) => () => void seen.push([name, time.now]);
    time.after(300, note('third'));
    time.after(100, note('first'));
    time.after(100, note('second'));
    time.after(200, note('never'))();
    time.after(900, note('beyond'));

    await time.run(500);

    expect(seen).toEqual([
      ['first', 1_100],
      ['second', 1_100],
      ['third', 1_300],
    ]);
    expect(time.now).toBe(1_300);
  });

  it('lets everything that waits for no time come to rest before it moves', async () => {
    const time = new VirtualTime(0);
    const seen: number[] = [];
    time.after(10, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => seen.push(time.now));
    });
    time.after(11, () => seen.push(-1));

    await time.run(100);

    expect(seen).toEqual([10, -1]);
  });

  it('keeps to its order over many events, and ends with what one of them throws', async () => {
    const time = new VirtualTime(0);
    const seen: number[] = [];
    for (let ms = 1; ms <= 300; ms++)
      time.after(ms, () => {
        // Each is over before the next one begins, however many have their turn in one go.
        void Promise.resolve().then(() => seen.push(time.now));
      });
    time.after(301, () => {
      throw new Error('it broke');
    });
    time.after(302, () => seen.push(-1));

    await expect(time.run(1_000)).rejects.toThrow('it broke');

    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  });

  it('wakes a sleeper who gives up with their reason, and moves no time for it', async () => {
    const time = new VirtualTime(0);
    const gaveUp = new AbortController();
    const reason = new Error('enough');
    const slept = expect(time.clock.sleep(5_000, gaveUp.signal)).rejects.toBe(reason);
    gaveUp.abort(reason);

    await slept;
    await time.run(10_000);

    expect(time.now).toBe(0);
    await expect(time.clock.sleep(1, gaveUp.signal)).rejects.toBe(reason);
  });
});
