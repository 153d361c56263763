import { describe, expect, it } from '@jest/globals';
import { ProcessorBudget } from '../../../../bench/measuring/processor-budget';

/** A process that works whenever it may, on one core, looked at each 5 ms for `forMs`; the answer is its share. */
function shareOfGreedy(budget: ProcessorBudget, forMs: number, cores = 1): number {
  let used = 0;
  let mayRun = true;
  for (let now = 5; now <= forMs; now += 5) {
    if (mayRun) used += 5 * cores;
    mayRun = budget.mayRun(now, used);
  }
  return used / forMs;
}

describe('ProcessorBudget', () => {
  it.each([
    [0.25, 1],
    [0.25, 2],
    [0.5, 1],
    [1, 1],
  ])('holds a process that always works to %d of a core, with %d threads', (share, threads) => {
    expect(shareOfGreedy(new ProcessorBudget(share, 25, 0, 0), 60_000, threads)).toBeCloseTo(share, 2);
  });

  it('stops no process that uses less, and saves no more than the burst for later', () => {
    const budget = new ProcessorBudget(0.25, 25, 0, 0);
    expect(budget.mayRun(1_000, 20)).toBe(true);
    // After a second of rest: 25 ms at once and not a second's 250.
    expect(budget.mayRun(2_000, 20)).toBe(true);
    expect(budget.mayRun(2_030, 55)).toBe(false);
    expect(budget.mayRun(2_080, 55)).toBe(true);
  });
});
