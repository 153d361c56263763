import { minute, second } from '../duration';
import type { Durations } from '../duration';

/** The census, and the waiting lists that it repairs. */
export const censusTiming = {
  run: { ms: 4 * minute, why: 'One run of the timer; the next one goes on where it stopped.' },
  lease: {
    ms: 30 * second,
    why: 'A census whose process died goes on after this time. If a step takes longer, the compare-and-set stops one of the two.',
  },
  poll: {
    ms: 2 * second,
    why: 'Between two looks at whether the users of the last portion have their outcomes.',
  },
  unchanged: {
    ms: minute,
    why: 'A reconcile that changed nothing leaves no trace in the row: after this time an outcome that is there is its answer.',
  },
  patience: {
    ms: 30 * minute,
    why: 'After this time the census goes on without the outcome of a user, and reports it.',
  },
  underWay: {
    ms: 10 * minute,
    why: 'Work that is under way has this time before the census calls it forgotten.',
  },
  overdue: { ms: 15 * minute, why: 'A scheduled reconcile that is overdue by this much was lost.' },
  youngEntry: {
    ms: 10 * minute,
    why: 'An entry of a waiting list is written before its row, so a younger one may be ahead of it and is left alone.',
  },
  forgetting: {
    ms: 4 * minute,
    why: 'One night’s run of deleting what was kept long enough; the next one goes on where it stopped.',
  },
} satisfies Durations;
