import { expect, it } from '@jest/globals';
import type { CounterStore } from '../../../../shared/store/ports/ops/counter-store';
import { makeMemoryCounters } from '../../../support/memory/memory-counts';
import { makeTableWorld } from '../../../support/memory/table-world';

const noStage = { users: 0, p50: null, p95: null, p99: null };
const levels = {
  ...{ at: 0, users: {}, usersUntil: 0, correctedAt: 0, correctedBy: null, waiting: {}, failures: [] },
  dismissed: { count: 0, oldestAt: null },
  times: { decided: noStage, written: noStage, verified: noStage },
  rates: { from: 0, until: 0, counts: {} },
  ...{ longest: [], forecastAt: 0, forecast: [] },
  census: { id: null, state: 'never' as const, startedAt: null, endedAt: null, unsettled: 0 },
};

it.each<[string, () => CounterStore]>([
  ['tables', () => makeTableWorld().stores.counters],
  ['memory', makeMemoryCounters],
])('a look in %s that is later by more than a look is kept gives way to one of now', async (_where, make) => {
  const counters = make();
  const kept: (number | undefined)[] = [];
  for (const at of [165_001, 100_001, 100_000]) {
    await counters.keepLook({ at, counts: {}, levels, cursors: {} });
    kept.push((await counters.listWithLook(0)).look?.at);
  }

  expect(kept).toEqual([165_001, 165_001, 100_000]);
});
