import type { HostOptions } from '../host-json';
import type { TakeOver } from './timer-runner';

/** `quick`: within 6 s, so that a test need not wait; `azure`: as the settings `singleton` of host.json say. */
export type TimerTakeOver = 'quick' | 'azure';

const quickTakeOver: TakeOver = { lockMs: 5_000, pollMs: 1_000 };

/**
 * A process that runs a part of the app is one of many, as in Azure, and takes timers over as slowly.
 * @param part the scale group that it runs, or those that it leaves to others
 */
export function timerTakeOverOf(part: {
  readonly group: string | undefined;
  readonly without: readonly string[];
}): TimerTakeOver {
  return part.group === undefined && part.without.length === 0 ? 'quick' : 'azure';
}

/** How soon another host runs the timers of a killed one; default `quick`. */
export function takeOverOf(kind: TimerTakeOver | undefined, singleton: HostOptions['singleton']): TakeOver {
  if (kind !== 'azure') return quickTakeOver;
  const { listenerLockPeriod, listenerLockRecoveryPollingInterval } = singleton;
  return { lockMs: listenerLockPeriod, pollMs: listenerLockRecoveryPollingInterval };
}
