import { describe, expect, it } from '@jest/globals';
import { runUntilQuiet } from '../../../../rehearsal/world/run-until-quiet';

const day = 24 * 60 * 60_000;

/** A world in which this is so at a time, milliseconds from the start. */
function worldWhere(isQuietAt: (ms: number) => boolean) {
  const world = {
    now: day,
    get isQuiet() {
      return isQuietAt(world.now);
    },
    time: {
      run: async (until: number) => {
        world.now = until;
      },
    },
  };
  return world;
}

describe('runUntilQuiet', () => {
  it.each([
    ['nothing is under way', () => true, 0],
    ['a round of the deltas begins every 15 s and takes one', (ms: number) => ms % 15_000 >= 1_000, 7_500],
    ['a census ends after half an hour', (ms: number) => ms > day + 1_800_000, 1_807_500],
    ['it never ends', () => false, day - 52_500],
  ])('where %s', async (_, isQuietAt, laterMs) => {
    const world = worldWhere(isQuietAt);

    await runUntilQuiet(world, day);

    expect(world.now - day).toBe(laterMs);
  });
});
