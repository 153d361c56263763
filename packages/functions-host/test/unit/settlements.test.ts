import { describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { Settlements } from '../../src/service-bus/settlements';
import type { Outcome } from '../../src/service-bus/settlements';

/** Starts one settlement per outcome at once; each ends a few ticks later. Gives what ran side by side. */
async function runAll(
  outcomes: readonly Outcome[],
): Promise<{ started: Outcome[]; mixes: number; most: number }> {
  const settlements = new Settlements();
  const running: Outcome[] = [];
  const started: Outcome[] = [];
  let mixes = 0;
  let most = 0;
  await Promise.all(
    outcomes.map((outcome) =>
      settlements.settle(outcome, async () => {
        started.push(outcome);
        running.push(outcome);
        most = Math.max(most, running.length);
        if (new Set(running).size > 1) mixes += 1;
        await new Promise((resolve) => setImmediate(resolve));
        running.splice(running.indexOf(outcome), 1);
      }),
    ),
  );
  return { started, mixes, most };
}

describe('settlements of one receiver', () => {
  it('go side by side while they are equal', async () => {
    expect(await runAll(['complete', 'complete', 'complete'])).toMatchObject({ mixes: 0, most: 3 });
  });

  it('never mix outcomes and keep their order', async () => {
    const outcome = constantFrom<Outcome>('complete', 'abandon');

    await assert(
      asyncProperty(array(outcome, { maxLength: 12 }), async (outcomes) => {
        const { started, mixes } = await runAll(outcomes);

        expect(mixes).toBe(0);
        expect(started).toEqual(outcomes);
      }),
      { seed: 20261122, numRuns: 50 },
    );
  });

  it('go on after one has failed', async () => {
    const settlements = new Settlements();

    const failed = settlements.settle('complete', () => Promise.reject(new Error('lock lost')));
    const next = settlements.settle('abandon', () => Promise.resolve());

    await expect(failed).rejects.toThrow('lock lost');
    await expect(next).resolves.toBeUndefined();
  });
});
