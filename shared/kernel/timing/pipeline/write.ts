import { minute, second } from '../duration';
import type { Durations } from '../duration';

/** Writing licenses. */
export const writeTiming = {
  freshRead: {
    ms: 1.5 * second,
    why: 'A read older than this is repeated before something is written by it: an operator may have acted.',
  },
  locationLag: {
    ms: minute,
    why: 'After one refusal, assume the lag of usage locations for this long; then let one user probe.',
  },
} satisfies Durations;
