import { describe, expect, it } from '@jest/globals';
import { sumUp } from '../../../faults/campaign';
import { runScript } from '../../../faults/run';
import { drawScript } from '../../../faults/script/draw-script';

describe('days in which everything goes wrong', () => {
  it('end as the policy says, with nothing lost, taken wrongly, promised twice or done twice', async () => {
    const results = [];
    // 234: an activation overtakes a joiner; 243: a guard holds a swap.
    for (const seed of [1, 2, 3, 4, 234, 243]) results.push(await runScript(drawScript(seed)));
    expect(
      results.flatMap(({ seed, problems }) => problems.map(({ text }) => `seed ${String(seed)}: ${text}`)),
    ).toEqual([]);
    const sum = sumUp(results, 60_000);
    expect(sum).toMatchObject({
      runs: 6,
      lost: 0,
      wronglyRemoved: 0,
      overPromised: 0,
      doubled: 0,
      failedSeeds: [],
    });
    expect(Object.values(sum.faults).filter((count) => count > 0).length).toBeGreaterThan(15);
    expect(sum.writes).toBeGreaterThan(20);
  });

  it('are the same day each time', async () => {
    const [first, second] = [
      await runScript(drawScript(3), { withStory: true }),
      await runScript(drawScript(3), { withStory: true }),
    ];
    expect(second.story).toEqual(first.story);
    expect(first.story.length).toBeGreaterThan(100);
  });
});
