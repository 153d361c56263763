import { day, hour, minute, second } from './duration';
import type { Durations } from './duration';

/** When `licenser doctor`, the health check and lists call something late, old or slow. */
export const doctorTiming = {
  censusOverdue: {
    ms: 50 * hour,
    why: 'There is a census every night: two nights without one mean that the timer does not run.',
  },
  censusSlow: {
    ms: day,
    why: 'The first census of a large tenant takes less; one that waits for writes is as slow as the quota.',
  },
  forgettingOverdue: {
    ms: 7 * day,
    why: 'What was kept long enough is deleted every night; a week without an end of it means that it does not run, or fails.',
  },
  deltaFailing: {
    ms: 45 * second,
    why: 'Three rounds of the default schedule: one refused request is no trouble yet.',
  },
  healthFailing: {
    ms: 5 * minute,
    why: 'Delta rounds that fail for this time make the health check fail; an alert must not ring for one refused round.',
  },
  healthAnswer: {
    ms: 4 * second,
    why: 'Who asks for health waits 5 s at most, also while tables or Graph hang: what has not answered by then is not well.',
  },
  healthLogged: {
    ms: minute,
    why: 'Anybody may ask for health: what is not well stands in the log once in this time, however often it is asked for.',
  },
  deltaSilent: {
    ms: hour,
    why: "An operator's own schedule may be slow, so only this time without a round that worked is a trouble.",
  },
  queueStale: {
    ms: 10 * minute,
    why: 'A queue whose oldest message is older than this is not being worked on, or not fast enough.',
  },
  subscriptionEnds: {
    ms: day,
    why: 'Renewal runs every 15 minutes and asks for a week: less than a day left means that it does not run.',
  },
  subscriptionRenewed: {
    ms: hour,
    why: 'The app renews its subscription every 15 minutes and notes it: within this time it is taken to be there.',
  },
  auditSilent: {
    ms: day,
    why: 'Users and groups change on every working day; on a day off a small tenant may have no record.',
  },
  auditLate: {
    ms: hour,
    why: 'Records of the audit log come minutes after what they tell: 99 % within 5 minutes, when Microsoft last named a number.',
    source:
      'https://learn.microsoft.com/azure/active-directory/reports-monitoring/reference-reports-latencies',
  },
  userOverdue: {
    ms: 15 * minute,
    why: 'A user without an outcome for this time is overdue; retries are due at times of their own.',
  },
  dismissedOld: { ms: 7 * day, why: 'A failure that was dismissed a week ago may have been forgotten.' },
  pauseOld: { ms: day, why: 'A pause that is older than a day may have been forgotten.' },
} satisfies Durations;
