import { day, hour, minute, second } from './duration';
import type { Durations } from './duration';

/** What operators see and do. */
export const opsTiming = {
  peek: {
    ms: 8 * second,
    why:
      'How long one look peeks for the oldest active message behind scheduled ones: an answer of the ops API comes ' +
      'within 25 s. The next look goes on where this one stopped.',
  },
  portion: {
    ms: 600,
    why:
      'How long one request decides users for a preview, or searches messages, before it answers with what it has: a person ' +
      'waits for it, and the whole answer comes within about a second. It says how much it looked at.',
  },
  keySetAge: {
    ms: 60 * minute,
    why: 'How long the public keys of the token issuer are used before they are read again.',
    source: 'https://learn.microsoft.com/entra/identity-platform/signing-key-rollover',
  },
  keySetCooldown: {
    ms: 5 * minute,
    why: 'A token with an unknown key makes the keys be read again at most once in this time, so that no caller can make the app flood the issuer.',
  },
  clockSkew: {
    ms: 60 * second,
    why: 'How far the clocks of the issuer and of this app may be apart when a token is checked.',
  },
  answer: {
    ms: 25 * second,
    why: 'A request that takes longer is answered by 503: callers must not hold a connection until the platform ends it.',
    source: 'https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout',
  },
  gapsCounted: {
    ms: hour,
    why: 'Which source brought news of users first is counted over this time.',
  },
  gapsPiece: {
    ms: 5 * minute,
    why: 'That hour is kept in pieces of this length, of which the oldest is forgotten at once: 13 at most.',
  },
  idempotency: {
    ms: day,
    why: 'How long the answer to an Idempotency-Key is remembered: longer than any client retries.',
  },
  requestTaken: {
    ms: 2 * minute,
    why: 'A request with the same Idempotency-Key is refused this long while the first one has no answer; then its process is taken to have ended.',
  },
  operationTaken: {
    ms: 60 * second,
    why: 'An operation whose process has not reported progress for this long is begun anew by the next delivery of its message.',
  },
  operationBeat: {
    ms: 15 * second,
    why: 'How often a running operation reports: four reports must fail before it counts as left.',
  },
  approval: {
    ms: day,
    why: 'How long a request for approval may wait: what was looked at must not be approved days later.',
  },
  sampleMinute: {
    ms: minute,
    why: 'Samples of the last days: a chart of a night shows a stop of a few minutes.',
  },
  sampleHour: {
    ms: hour,
    why: 'Samples of the last year: seats and load change by the day, not by the minute.',
  },
  minutesKept: { ms: 2 * day, why: 'Samples by the minute: a weekend can still be looked at on Monday.' },
  hoursKept: { ms: 400 * day, why: 'Samples by the hour: a year can be compared with the one before.' },
  samplesKnown: {
    ms: 10 * minute,
    why: 'How long one process draws samples from memory, which never change once they are written: one that was written late is then seen, too.',
  },
  samplesLooked: {
    ms: 15 * second,
    why: 'How often one process looks whether a new sample is there: it comes each minute.',
  },
  namesKnown: {
    ms: 10 * minute,
    why: 'How old the names of users in lists may be: each costs a request, and a list is looked at every 10 s.',
  },
  domainKnown: {
    ms: day,
    why: 'How long one process shows the tenant’s domain as Graph said it: it changes about never.',
  },
  domainUnknown: {
    ms: minute,
    why: 'How long Graph is not asked for the tenant’s domain again after it did not say it: the page shows the tenant without it.',
  },
  domainWait: {
    ms: second,
    why: 'How long the answer to who is signed in waits for the tenant’s domain: the page opens also while Graph is away.',
  },
  seatsShown: {
    ms: 30 * second,
    why: 'How old the seats of the overview may be where `observe` has seen none within three minutes: reading the SKUs costs as much as all the rest of it. What is decided knows newer ones.',
  },
  minuteSeries: {
    ms: 2 * day,
    why: 'A series over more than this comes by the hour, so that an answer stays small.',
  },
  forecastHistory: { ms: 30 * day, why: 'Seats are forecast from the last month: older habits say little.' },
  forecastShortest: { ms: 3 * day, why: 'A line through less than three days is no forecast.' },
  forecastFurthest: { ms: 365 * day, why: 'A line of a month says nothing about next year.' },
  stuck: {
    ms: 5 * minute,
    why: 'A queue of joiners whose oldest message is older than this is not worked on: a joiner takes seconds.',
  },
  deaf: {
    ms: 5 * minute,
    why: 'Without a delta round that worked for this time, joiners are not found: twenty rounds of the default schedule.',
  },
  lookKept: {
    ms: 65 * second,
    why:
      'How long the overview takes the last notification and the subscriptions as the timer `observe` saw them: until its next ' +
      'run has ended, and no longer. What would be a cause of the verdict is read again. The rounds of following changes are ' +
      'read each time.',
  },
  verdictOld: {
    ms: 3 * minute,
    why: 'A stored verdict that is older than three runs of the timer `observe` says nothing about now.',
  },
  operationLost: {
    ms: minute,
    why: 'An operation that is still queued after this time has lost its message; the timer `observe` sends another.',
  },
  operationDeadline: {
    ms: day,
    why: 'An operation that could not be done for this long has failed: the tenant is no longer as the person saw it.',
  },
  operationKept: { ms: 7 * day, why: 'How long an operation can be looked at after it was asked for.' },
  planKept: { ms: day, why: 'A plan of yesterday says little about what would be changed today.' },
  rolloutEnd: {
    ms: minute,
    why: 'A cancelled rollout ends within half a minute, after what is being written; returning it waits for that.',
  },
  rolloutEndPoll: { ms: second, why: 'Between two readings of the rollout that is about to end.' },
  afterForgetting: {
    ms: 35 * second,
    why: 'Blocked users are looked at again this long after a learnt conflict was forgotten: no process knows it then.',
  },
  countedRates: {
    ms: minute,
    why: 'The first run of `observe` tells rates of the minute before it.',
  },
  countersSettle: {
    ms: 2 * minute,
    why: 'Counts that are older are added to the levels for good: a process that could not write at once has done so by then.',
  },
  countersWritten: {
    ms: 30 * second,
    why: 'A process has written down what it counted by then, by a clock that differs by seconds from that of `observe`.',
  },
  countedAgain: {
    ms: 30 * minute,
    why: 'How long users who change all the time are not counted again by reading a row of each of them.',
  },
  countersKept: {
    ms: hour,
    why: 'How long the counts of single processes are kept; samples hold their sums.',
  },
  lately: {
    ms: 15 * minute,
    why: 'The time to a license is judged by the users of the last quarter of an hour.',
  },
  tenantChecked: {
    ms: 5 * minute,
    why: 'How often `observe` makes the checks of the doctor that ask Graph and read the settings of queues. They seldom change, and each look is paid for.',
  },
  tenantLook: {
    ms: 20 * second,
    why: 'What of these checks takes longer is not waited for: `observe` has to judge every minute, and each name that a policy has is asked for.',
  },
  tenantCheckedOld: {
    ms: 15 * minute,
    why: 'Findings that are older than three looks: `observe` does not run, and the ops API looks by itself.',
  },
  overview: {
    ms: 5 * second,
    why:
      'How long one process answers the overview and long lists from memory: many open pages cost as much as one. A write in the ' +
      'same process ends it.',
  },
  overviewSeldom: {
    ms: 12 * second,
    why:
      'How old the rollouts and which policy is in force may be in an overview that is made anew: with the 5 s that it is kept, ' +
      'a cause is told within 20 s. What was changed in the same process is seen at once.',
  },
  timesBucket: { ms: hour, why: '`licenser times` shows one line an hour.' },
  backupClockSkew: {
    ms: 5 * minute,
    why: 'How far the clocks of the machine that takes a backup and of Graph may be apart: what changed within this time before it is not claimed by a restore.',
  },
} satisfies Durations;
