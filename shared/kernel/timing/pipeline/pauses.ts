import { minute, second } from '../duration';
import type { Durations } from '../duration';

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
  successNoted: {
    ms: 2 * second,
    why: 'A process notes at most this often that a scope works: two table calls, whatever the load.',
  },
  successRecent: {
    ms: 5 * second,
    why:
      'A refusal is one user’s own when the same worked for another user this recently, in any process. More than ' +
      'twice the time between two notes; a right that was taken away is noticed this much later.',
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
