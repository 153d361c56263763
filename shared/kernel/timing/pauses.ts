import { minute, second } from './duration';
import type { Durations } from './duration';

/** Pauses, and the users who are parked while one lasts. */
export const pausesTiming = {
  read: { ms: 2 * second, why: 'A process reads the pauses once in this time, however many messages ask.' },
  probe: {
    ms: minute,
    why: 'How often one message tries whether a pause that the product set itself can end.',
  },
  fullLook: {
    ms: 5 * minute,
    why: 'Even a parked user is looked at in full this often: the user and the policy may have changed.',
  },
  recentSuccess: {
    ms: 5 * second,
    why: 'If other users just succeeded, a refusal is about this user alone.',
  },
  longestLook: {
    ms: minute,
    why: 'The look after a refusal comes no later than this; when the refusal came is not in the row.',
  },
  idle: {
    ms: 15 * minute,
    why: 'Users who wait for a pause probe it every minute or two. One that nothing probes is lifted.',
  },
} satisfies Durations;
