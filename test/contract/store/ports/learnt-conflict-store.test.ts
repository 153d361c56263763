import { beforeEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../shared/kernel/clock';
import { toServicePlanId } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import type { LearntConflictStore } from '../../../../shared/store/ports/learnt-conflict-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import type { StoredLearntConflict } from '../../../../shared/words/learnt-conflict';

let azurite: LentTables;
let knowledge: LearntConflictStore;
beforeAll(async () => {
  azurite = await leaseTables();
  knowledge = makeTableStores({
    ...azurite,
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
  }).learntConflicts;
});
beforeEach(async () => {
  for (const rule of await knowledge.list()) await knowledge.forget(rule);
});

const plan = (number: number) =>
  toServicePlanId(`cccccccc-0000-4000-8000-${String(number).padStart(12, '0')}`);
const conflict = (a: number, b: number, learntAt = 1): StoredLearntConflict => ({
  kind: 'conflict',
  plans: [plan(a), plan(b)],
  learntAt,
  text: 'mutually exclusive',
  requestId: 'r-1',
});
const dependency = (of: number, anyOf: readonly number[], learntAt = 1): StoredLearntConflict => ({
  kind: 'dependency',
  plan: plan(of),
  anyOf: anyOf.map(plan),
  learntAt,
  text: 'depends on',
  requestId: null,
});

describe('TableKnowledgeStore', () => {
  it('keeps what was learnt with its evidence, oldest first', async () => {
    await knowledge.learn(dependency(3, [4, 5], 20));
    await knowledge.learn(conflict(1, 2, 10));

    expect(await knowledge.list()).toEqual([conflict(1, 2, 10), dependency(3, [4, 5], 20)]);
  });

  it('keeps a rule once, whatever the order of its plans', async () => {
    const learnt = [
      await knowledge.learn(conflict(1, 2, 10)),
      await knowledge.learn(conflict(2, 1, 20)),
      await knowledge.learn(dependency(3, [4, 5], 30)),
      await knowledge.learn(dependency(3, [5, 4], 40)),
    ];

    expect(learnt).toEqual([true, false, true, false]);
    expect((await knowledge.list()).map(({ learntAt }) => learntAt)).toEqual([10, 30]);
  });

  it('forgets one rule and no other', async () => {
    await knowledge.learn(conflict(1, 2));
    await knowledge.learn(conflict(1, 3));

    await knowledge.forget({ kind: 'conflict', plans: [plan(2), plan(1)] });

    expect(await knowledge.list()).toEqual([conflict(1, 3)]);
  });

  it('keeps a rule with more plans than a key holds', async () => {
    const many = dependency(
      1,
      Array.from({ length: 40 }, (_, index) => index + 2),
    );

    await knowledge.learn(many);

    expect(await knowledge.list()).toEqual([many]);
  });
});
