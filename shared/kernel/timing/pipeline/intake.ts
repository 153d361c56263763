import { day, hour, minute, second } from '../duration';
import type { Durations } from '../duration';

/** What comes in from Graph. */
export const intakeTiming = {
  notificationNoted: {
    ms: minute,
    why: 'How often the time of the last notification is written down: it is shown, and nothing depends on it.',
  },
  expressWindow: {
    ms: 15 * second,
    why:
      'In this time 50 places by express come free, one by one: as long as a round of the deltas, so that a crowd ' +
      'is one however its changes arrive.',
  },
  portion: { ms: second, why: 'Users of a bulk are sent in portions of what can be handled in this time.' },
  subscription: {
    ms: 7 * day,
    why: 'Subscriptions to users and groups live under 29 days; this one asks for a week and is renewed at every run of its timer.',
    source: 'https://learn.microsoft.com/graph/api/resources/subscription',
  },
  nestedGroups: {
    ms: hour,
    why: 'How often the groups nested in those that policies name are read anew: changes of nesting are reported, and this finds what was not.',
  },
  nestedGroupKept: {
    ms: 2 * hour,
    why:
      'A group that is nested no longer is followed on for this time, so that who leaves it right before or after is looked at. Two ' +
      'readings of the nested groups.',
  },
  groupRestorable: {
    ms: 31 * day,
    why: 'A deleted Microsoft 365 group can be restored for 30 days, with all its members, and nothing tells of each of them.',
    source: 'https://learn.microsoft.com/graph/api/resources/directory',
  },
  longestVerify: {
    ms: 7 * day,
    why: 'A user whose plans took longer than this to come into service is left out of the times to a license.',
  },
  dueLook: {
    ms: 15 * second,
    why: 'A round of following changes that takes longer looks again whether rollouts, waiting lists or a census have work.',
  },
  wakeLost: {
    ms: minute,
    why: 'A message that starts work on rollouts or waiting lists is replaced after this time: its run takes seconds.',
  },
  censusWakeLost: {
    ms: 5 * minute,
    why: 'A message that starts a walk of the census is replaced after this time: its run takes up to four minutes.',
  },
} satisfies Durations;
