import { hour, minute, second } from './duration';
import type { Durations } from './duration';

/** What operators ask for. */
export const opsTiming = {
  rolloutEnd: {
    ms: minute,
    why: 'A cancelled rollout ends within half a minute, after what is being written; returning it waits for that.',
  },
  rolloutEndPoll: { ms: second, why: 'Between two readings of the rollout that is about to end.' },
  afterForgetting: {
    ms: 35 * second,
    why: 'Blocked users are looked at again this long after a learnt conflict was forgotten: no process knows it then.',
  },
  timesBucket: { ms: hour, why: '`licenser times` shows one line an hour.' },
} satisfies Durations;
