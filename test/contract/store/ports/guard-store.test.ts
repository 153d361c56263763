import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import type { GuardStore } from '../../../../shared/store/ports/guard-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { ManualClock } from '../../../support/manual-clock';
import { userId } from '../../../support/user-states';

const dayMs = 24 * 3_600_000;
let azurite: LentTables;
let guards: GuardStore;
let others: GuardStore;
const clock = new ManualClock(100 * dayMs);
beforeAll(async () => {
  azurite = await leaseTables();
  const options = { ...azurite, clock, random: seededRandom(1), logger: silentLogger };
  guards = makeTableStores(options).guards;
  others = makeTableStores(options).guards;
});
// Every test has a window of its own.
beforeEach(() => clock.advance(2 * dayMs));

const both = { reduction: true, change: true };
const change = { reduction: false, change: true };
const always = () => true;

describe('TableGuardStore', () => {
  it('counts a user once, whatever is written to them that day', async () => {
    await guards.reserve(userId(1), change, always);
    await guards.reserve(userId(1), both, always);
    await guards.reserve(userId(1), both, always);

    expect(await guards.read(userId(1))).toEqual({
      window: { reductions: 1, changes: 1 },
      counted: { reduction: true, change: true },
    });
    expect((await guards.read(userId(2))).counted).toEqual({ reduction: false, change: false });
  });

  it('asks with the counters as they are and what is not counted yet, and counts nothing when refused', async () => {
    await guards.reserve(userId(1), change, always);
    const asked: unknown[] = [];

    const answer = await guards.reserve(userId(1), both, (window, uncounted) => {
      asked.push(window, uncounted);
      return false;
    });

    expect(answer).toBe(false);
    expect(asked).toEqual([
      { reductions: 0, changes: 1 },
      { reduction: true, change: false },
    ]);
    expect((await guards.read(userId(1))).window).toEqual({ reductions: 0, changes: 1 });
  });

  it('forgets what is older than a day', async () => {
    await guards.reserve(userId(1), both, always);
    clock.advance(dayMs - 1);
    const late = await guards.read(userId(1));
    clock.advance(3_600_001);

    const over = await guards.read(userId(1));

    expect(late).toEqual({ window: { reductions: 1, changes: 1 }, counted: both });
    expect(over).toEqual({
      window: { reductions: 0, changes: 0 },
      counted: { reduction: false, change: false },
    });
  });

  it('never lets more through than allowed, however many processes ask at once', async () => {
    const allows = ({ reductions }: { reductions: number }) => reductions + 1 <= 10;

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? guards : others).reserve(userId(100 + index), both, allows),
      ),
    );

    expect(answers.filter(Boolean)).toHaveLength(10);
    expect((await guards.read(userId(1))).window).toEqual({ reductions: 10, changes: 10 });
  });
});
