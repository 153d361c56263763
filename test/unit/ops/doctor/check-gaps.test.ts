import { describe, expect, it } from '@jest/globals';
import { counterNames } from '../../../../shared/observe/counts';
import { checkGaps } from '../../../../shared/ops/doctor/changes/check-gaps';
import { readGaps } from '../../../../shared/ops/sources/read-gaps';
import { makeMemoryCounters } from '../../../support/memory/memory-counts';

const hour = 3_600_000;

describe('readGaps', () => {
  it('adds up what all processes counted in the last hour, and nothing of before', async () => {
    const counters = makeMemoryCounters();
    const now = 10 * hour;
    const { found, gaps } = counterNames;
    await counters.add({ process: 'a', at: now - 2 * hour, counts: { [found('delta')]: 9 } });
    await counters.add({
      process: 'a',
      at: now - 1,
      counts: { [found('delta')]: 2, [gaps('notification')]: 2 },
    });
    await counters.add({ process: 'b', at: now - 2, counts: { [found('notification')]: 5, decided: 7 } });

    expect(await readGaps(counters, now)).toEqual({
      found: { delta: 2, notification: 5 },
      missedBy: { notification: 2 },
    });
  });
});

describe('checkGaps', () => {
  it.each([
    ['nothing happened', {}, {}, 'ok', 'no news'],
    ['notifications tell first', { notification: 90, delta: 10 }, { notification: 10 }, 'ok', 'delta 10'],
    [
      'notifications are mostly late',
      { notification: 9, delta: 11 },
      { notification: 11 },
      'warn',
      '11 were',
    ],
    ['there is too little to tell', { delta: 19 }, { notification: 19 }, 'ok', 'delta 19'],
    ['there are no notifications', { delta: 100 }, {}, 'ok', 'delta 100'],
    ['a census found users', { delta: 3 }, { delta: 2 }, 'warn', '2 users were found by a census'],
  ])('%s', (_name, found, missedBy, state, text) => {
    const [finding] = checkGaps({ found, missedBy });

    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) });
  });
});
