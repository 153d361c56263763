import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError, TransientError } from '../../../../shared/kernel/errors';
import { countLevels } from '../../../../shared/ops/levels/count-levels';
import { makeOpsWorld } from '../../../support/ops-world';

async function setUp() {
  const { ops } = await makeOpsWorld();
  const { samples } = ops;
  const none = async function* () {};
  // Stores in memory have no index that could differ from their rows.
  const asIndexed = async () => undefined;
  const services = {
    ...ops.services,
    users: { ...ops.services.users, list: none, reindexExceptions: asIndexed },
    failures: { ...ops.services.failures, list: none, reindex: asIndexed },
  };
  const { levels, counters } = ops.levels;
  const { quota, inspector } = ops;
  const count = (update: typeof levels.update) =>
    countLevels({ services, samples, quota, inspector, counters, levels: { ...levels, update } });
  await countLevels({ services, samples, quota, inspector, counters, levels });
  return { count };
}

describe('counting the levels', () => {
  it('goes on when another process has stored its count first', async () => {
    const { count } = await setUp();

    const counted = await count(() => Promise.reject(new ConcurrencyError('The row of levels')));

    expect(counted.levels.census.state).toBe('never');
  });

  it('fails when its count could not be stored', async () => {
    const { count } = await setUp();

    const counting = count(() => Promise.reject(new TransientError('store/unavailable', 'away')));

    await expect(counting).rejects.toMatchObject({ code: 'store/unavailable' });
  });
});
