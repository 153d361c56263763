import { requeueTiming } from '../../kernel/timing/pipeline/requeue';
import type { PauseCode } from '../../words/reason';
import type { Moment } from './events';

/** Why a user is parked: the scope is paused. */
export const pausedCode = (scope: string): PauseCode => `paused/${scope}`;
/** Why a user is parked: Graph refused this very user. */
export const refusedCode = (scope: string): PauseCode => `refused/${scope}`;

/** Milliseconds since the epoch: parked work comes back after 30 s, and up to 5 s more. */
export function parkedUntil({ now, chance }: Pick<Moment, 'now' | 'chance'>): number {
  const { firstMs, maxMs } = requeueTiming.paused;
  return now + firstMs + Math.round((maxMs - firstMs) * chance);
}
