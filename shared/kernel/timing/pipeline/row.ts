import { day, hour, minute, second } from '../duration';
import type { Durations } from '../duration';

/** What the row machine (shared/pipeline/row) measures against the times in a user's row. */
export const rowTiming = {
  echo: {
    ms: 5 * second,
    why: 'Changes that Graph reports this soon after our decision or write are most often its echoes.',
  },
  deltaEcho: {
    ms: 20 * second,
    why: 'Delta reports our own write up to one round (15 s) later.',
  },
  nothingNew: {
    ms: 30 * second,
    why: 'Within this time after our own write, its echo explains a report that brings nothing new.',
  },
  soon: {
    ms: 15 * second,
    why: 'A reconcile that is due within this time will see what is reported now.',
  },
  soonest: {
    ms: second,
    why: 'Reports that are late themselves are read together after this time.',
  },
  afterWrite: {
    ms: 95 * second,
    why: 'The reconcile for late memberships (90 s after a write) also serves what is reported right after the write.',
  },
  echoRead: {
    ms: minute,
    why: 'A look this long after a report of our own write has read what was reported: in a bulk, reports wait for their turn longer than the looks.',
  },
  skew: { ms: 2 * second, why: 'Clocks of instances differ by less.' },
  writeEnds: {
    ms: 2 * second,
    why: 'A report about a user who is being written to waits this long: by then the write is confirmed.',
  },
  writing: {
    ms: 10 * second,
    why: 'A write seldom takes longer from its intent to its outcome. After that its writer counts as crashed.',
  },
  operationOnItsWay: {
    ms: 10 * minute,
    why: 'An operation that was sent is on its way for at most this long; then it counts as lost.',
  },
  overdue: {
    ms: second,
    why: 'What is overdue gets another message after this time, so that what is due behind it gets one, too.',
  },
  lateMessage: {
    ms: minute,
    why: 'A scheduled message may stand in its queue this long after it is due, and still counts.',
  },
  afterReadLag: {
    ms: second,
    why: 'Added to the read lag, so that the read is certainly past it.',
  },
  unknownInCrowd: {
    ms: 4 * minute,
    why: 'A user of a crowd whom Graph does not know is looked at again after one to five minutes, spread: thousands of made-up ids must not keep joiners waiting.',
  },
  goneAfter: {
    ms: 10 * minute,
    why: 'A user who answers 404 for this long is gone.',
  },
  lateRemoval: {
    ms: 10 * second,
    why: 'Who was reported as deleted longer ago than this is read first: by then they may be restored, and looked at.',
  },
  confirmPlans: {
    ms: 30 * minute,
    why: 'A service that has not confirmed a plan by then may never do so, without harm: the license is there.',
  },
  unknownUser: {
    ms: 10 * minute,
    why: 'A fresh user may be unknown to a replica for minutes when their plans are read.',
  },
  verifyLongest: { ms: 2 * hour, why: 'Two reads of a user’s plans are no further apart.' },
  verifyFor: { ms: day, why: 'What is not in service by then is a failure.' },
} satisfies Durations;
