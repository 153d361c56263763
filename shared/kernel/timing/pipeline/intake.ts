import { day, hour, minute, second } from '../duration';
import type { Durations } from '../duration';

/** What comes in from Graph. */
export const intakeTiming = {
  notificationNoted: {
    ms: minute,
    why: 'How often the time of the last notification is written down: it is shown, and nothing depends on it.',
  },
  noteWait: {
    ms: second,
    why: 'Writing that time down, and having groups followed, is waited for at most this time each: Graph takes an answer after 3 s for a slow one.',
    source: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
  },
  clientStateKept: {
    ms: minute,
    why: 'A process that takes notifications reads again so often which client states are in use.',
  },
  clientStateReread: {
    ms: second,
    why: 'A client state that is not known has them read again at once, after this time at the earliest: forged calls cost a read a second. Until then a call with one is answered 503, and comes again.',
  },
  clientStateForeign: {
    ms: 5 * second,
    why: 'A client state that the rows did not know is passed over for 5 s without another reading, as are calls of a subscription of before.',
  },
  clientStateRead: {
    ms: 2 * second,
    why: 'Reading them is waited for at most this time: Graph takes an answer after 3 s for a slow one, and sends again after a 500.',
    source: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
  },
  clientStateRetired: {
    ms: 5 * hour,
    why: 'A client state that was replaced stays valid for this time: Graph repeats a call for up to four hours.',
    source: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
  },
  clientStateRetiredByEventGrid: {
    ms: 25 * hour,
    why: 'The same where Event Grid brings the notifications: it repeats a delivery for up to 24 hours.',
    source: 'https://learn.microsoft.com/azure/event-grid/delivery-and-retry',
  },
  replayKept: {
    ms: 10 * minute,
    why: 'A notification with the id of one that the process took within this time is dropped: Graph sends some twice.',
  },
  groupCall: {
    ms: 700,
    why: 'Groups are followed this time after a notification about one: several come within a second, and one round takes them all.',
  },
  groupCallAgain: {
    ms: 4_500,
    why: 'They are followed once more after this time: Graph does not say when `groups/delta` shows what a notification tells.',
  },
  groupCallLag: {
    ms: 3 * second,
    why: 'A second round that comes at least this long after a notification counts for it as well.',
  },
  followedGroupsKept: {
    ms: 30 * second,
    why: 'A process that takes notifications remembers for this time which groups are followed; changes of other groups end there.',
  },
  expressWindow: {
    ms: 15 * second,
    why:
      'In this time 50 places by express come free, one by one: as long as a round of the deltas, so that a crowd ' +
      'is one however its changes arrive.',
  },
  sameCrowd: {
    ms: 500,
    why:
      'A call of few users within this time of one of more than 50 is the rest of it: Graph sends a crowd in calls of a ' +
      'hundred side by side. Who joins a second later is none of the crowd.',
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
  nestedRetry: {
    ms: 5 * minute,
    why: 'A named group whose nested groups could not be read is tried again after this time.',
  },
  groupSlice: {
    ms: 5 * second,
    why:
      'Following changes of groups stops after this time, keeps how far it has come, and goes on in the next round: a ' +
      'third of the default schedule.',
  },
  groupWait: {
    ms: 10 * second,
    why: 'What of the changes of groups takes longer than this is not waited for, so that the next round of users starts in time.',
  },
  groupWalk: {
    ms: 15 * second,
    why: 'One process at a time follows the changes of groups; another one does this long after it has died. A walk ends after a third of this time, and two do no harm.',
  },
  groupName: {
    ms: 300,
    why:
      'What names of groups stand for is read so seldom that following them asks for about three names a second: 2,000 ' +
      'names every 10 minutes.',
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
