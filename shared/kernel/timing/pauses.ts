import { second } from './duration';
import type { Durations } from './duration';

/** Pauses that the product sets itself. */
export const pausesTiming = {
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
} satisfies Durations;
