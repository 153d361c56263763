import { minute, second } from './duration';
import type { Durations } from './duration';

/** The tenant's write quota, shared by all processes. */
export const quotaTiming = {
  round: {
    ms: 500,
    why:
      'Average time between two leases of one process: two table calls a second while it is alone. It varies ' +
      'between half and one and a half of it, so that processes do not always come in the same order. A joiner before ' +
      'whom none came for this time does not wait for the next one: the process leases at once.',
  },
  burst: {
    ms: 2 * second,
    why: 'Quota that is saved up while no process writes: always left for single arrivals, never drawn by bulk.',
  },
  slice: {
    ms: second,
    why: 'A lease expires after this time: what a process does not use is lost, not saved up.',
  },
  ahead: {
    ms: 4 * second,
    why:
      'How far ahead of its earning quota is promised when several processes wait for it: they are served in the order ' +
      'in which they asked, and none asks again and again. A process that comes later than that waits for a place.',
  },
  contendedRound: {
    ms: second,
    why:
      'Average time between two leases of one process while others take part: fewer and larger ones, since each costs ' +
      'a read more.',
  },
  shared: {
    ms: 10 * second,
    why: 'A process that has seen another one change the row supposes for this time that it is not alone.',
  },
  lostRace: {
    ms: 50,
    why: 'Wait at most that long after another process changed the row first, twice as long each time in a row.',
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
