import { expect, it } from '@jest/globals';
import { takeOverOf, timerTakeOverOf } from '../../src/timers/take-over';

const singleton = { listenerLockPeriod: 15_000, listenerLockRecoveryPollingInterval: 20_000 };

it.each([
  ['the whole app', { group: undefined, without: [] }, { lockMs: 5_000, pollMs: 1_000 }],
  ['one group', { group: 'function:tick', without: [] }, { lockMs: 15_000, pollMs: 20_000 }],
  [
    'all but one group',
    { group: undefined, without: ['function:apply'] },
    { lockMs: 15_000, pollMs: 20_000 },
  ],
])('a process that runs %s takes timers over at its own pace', (_part, part, takeOver) => {
  expect(takeOverOf(timerTakeOverOf(part), singleton)).toEqual(takeOver);
});
