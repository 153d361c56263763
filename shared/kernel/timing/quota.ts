import { minute, second } from './duration';
import type { Durations } from './duration';

/** The tenant's write quota, shared by all processes. */
export const quotaTiming = {
  round: {
    ms: 500,
    why:
      'Average time between two leases of one process: two table calls a second while it is alone. It varies ' +
      'between half and one and a half of it, so that processes do not always come in the same order.',
  },
  burst: {
    ms: 2 * second,
    why: 'Quota that is saved up while no process writes: always left for single arrivals, never drawn by bulk.',
  },
  slice: {
    ms: second,
    why: 'A lease expires after this time: what a process does not use is lost, not saved up.',
  },
  clockSkew: {
    ms: 10 * second,
    why: 'Clocks of servers are kept within seconds of each other; a row from further ahead is read as one of now.',
  },
  backOff: {
    ms: second,
    why: 'Pause of all writes after a 429 in which Graph names no time.',
    source: 'https://learn.microsoft.com/graph/throttling',
  },
  longestPause: {
    ms: 11 * minute,
    why: 'No wait is longer than ten minutes (graph.longestWait), and clocks differ. A row that asks for more is damaged, or of an earlier version.',
  },
} satisfies Durations;
