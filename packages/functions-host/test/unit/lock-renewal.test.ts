import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { keepLocked, renewAfterMs } from '../../src/service-bus/lock-renewal';
import type { Clock } from '../../../emulator-kit/src/clock';

/** A clock whose sleeps end at once and move it on. */
function makeClock(): Clock & { time: number } {
  const clock = {
    time: 0,
    now: () => clock.time,
    sleep: async (ms: number) => {
      clock.time += ms;
    },
  };
  return clock;
}

describe('the renewal of a lock', () => {
  it.each([
    [60_000, 50_000],
    [30_000, 20_000],
    [5_000, 2_500],
    [0, 100],
  ])('with %i ms to go is due in %i ms', (left, expected) => {
    expect(renewAfterMs(left)).toBe(expected);
  });

  it('goes on until the longest time is over, and no longer', async () => {
    const clock = makeClock();
    const renewedAt: number[] = [];
    const message = { lockedUntilUtc: new Date(30_000) } as ServiceBusReceivedMessage;
    const receiver = {
      renewMessageLock: async () => {
        renewedAt.push(clock.time);
        return new Date(clock.time + 30_000);
      },
    };

    const { signal: done } = new AbortController();
    await keepLocked({ message, receiver, maxMs: 65_000, clock, done, onError: () => undefined });

    expect(renewedAt).toEqual([20_000, 40_000]);
  });

  it('stops at the first failure and reports it', async () => {
    const errors: unknown[] = [];
    const message = { lockedUntilUtc: new Date(5_000) } as ServiceBusReceivedMessage;
    const receiver = { renewMessageLock: () => Promise.reject(new Error('lock lost')) };

    const { signal: done } = new AbortController();
    const onError = (thrown: unknown) => errors.push(thrown);
    await keepLocked({ message, receiver, maxMs: 600_000, clock: makeClock(), done, onError });

    expect(errors).toEqual([new Error('lock lost')]);
  });
});
