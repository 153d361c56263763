import { describe, expect, it } from '@jest/globals';
import { findMissedJoiner, simulateJoiner } from '../../support/simulation/simulate-joiner';
import { findMissedBySources } from '../../support/simulation/simulate-sources';

// test/long/no-joiner-missed.test.ts simulates 8,000.
describe('a joiner, whatever goes wrong meanwhile', () => {
  it.each([
    [1, 'withGroups'],
    [101, 'withGroups'],
    [601, 'withoutGroups'],
    [1_801, 'withoutGroups'],
  ] as const)('ends as the policy says (10 simulations from seed %i, %s)', async (firstSeed, policy) => {
    expect(await findMissedJoiner(firstSeed, 10, policy)).toBeUndefined();
  });

  it.each([1, 301])(
    'ends as the policy says where groups and dates concern the user (10 simulations from seed %i)',
    async (firstSeed) => {
      expect(await findMissedBySources(firstSeed, 10)).toBeUndefined();
    },
  );

  it.each([
    // A worker that had lost its lock wrote after another one had settled its intent.
    [34_360, 'withGroups'],
    // A change was reported right after a look, and the read that followed was behind.
    [40_259, 'withoutGroups'],
    // Looks for an older report had used up their attempts when two looks showed different things.
    [5_867, 'withoutGroups'],
    [80_096, 'withGroups'],
  ] as const)(
    'ends as the policy says, each function in processes of its own (seed %i, %s)',
    async (seed, policy) => {
      expect(await findMissedJoiner(seed, 1, policy, 'perFunction')).toBeUndefined();
    },
  );

  it.each([
    [2_446, 'withGroups', 'perFunction'],
    [4_154, 'withGroups', 'perFunction'],
    [4_789, 'withoutGroups', 'shared'],
  ] as const)(
    'is written once when the look of an earlier refusal comes while a worker writes (seed %i, %s, %s)',
    async (seed, policy, processes) => {
      expect((await simulateJoiner(seed, policy, processes)).end.writes.repeated).toBe(0);
    },
  );

  it('has the same story each time', async () => {
    const one = await simulateJoiner(7);
    const other = await simulateJoiner(7);

    expect(other.story).toBe(one.story);
    expect(one.story.split('\n').length).toBeGreaterThan(5);
  });
});
