import { minute } from './duration';
import type { Durations } from './duration';

/** What deciding must know of the time. */
export const licensingTiming = {
  readLag: {
    ms: 5 * minute,
    why: 'A read within this time of our write may come from a replica that does not show it yet: the stored answer wins.',
    source: 'https://learn.microsoft.com/graph/best-practices-concept',
  },
  agreeingLooks: {
    ms: 10 * minute,
    why: 'Two looks this far apart must agree before anything is taken away: reads of a directory lag.',
  },
} satisfies Durations;
