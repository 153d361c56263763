import { minute } from '../duration';
import type { Durations } from '../duration';

/** How old the count of users may be that the guards' percentages are of. */
export const guardsTiming = {
  count: {
    ms: 10 * minute,
    why: 'A count this old is good enough to let something through. Counting reads the whole table.',
  },
  freshCount: { ms: minute, why: 'Nothing is held back because of a count that is older than this.' },
} satisfies Durations;
