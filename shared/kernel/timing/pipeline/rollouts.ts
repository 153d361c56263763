import { day, minute, second } from '../duration';
import type { Durations } from '../duration';

/** Feeding and ending rollouts. */
export const rolloutsTiming = {
  lease: {
    ms: 30 * second,
    why: 'Another process feeds the rollouts this long after the one that did has died.',
  },
  resend: {
    ms: minute,
    why: 'When no user of a rollout has arrived for this time, its messages are taken for lost and sent again.',
  },
  stragglers: {
    ms: 15 * second,
    why: 'Handlers learn about a cancellation at most 5 s late, and a write that has begun is given time to end.',
  },
  overtaken: {
    ms: 15 * minute,
    why: 'A plan of a large tenant takes this long to compare; who was decided since is looked at again when an activation has begun and when it has ended.',
  },
  lookedBack: {
    ms: day,
    why: 'An activation that ended longer ago than this overtook no user whom a nightly census has not found.',
  },
  intent: {
    ms: 2 * minute,
    why: 'An older intent belongs to a writer that has crashed: the user is reconciled, and given as long again.',
  },
  failedAfter: {
    ms: minute,
    why: 'A user whose last attempt failed counts as failed when there was no new attempt for this time.',
  },
  counted: {
    ms: minute,
    why: 'How old the counts of a running rollout with more than 1,000 members may be: counting reads them all.',
  },
} satisfies Durations;
