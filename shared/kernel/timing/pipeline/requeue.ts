import { hour, minute, second } from '../duration';
import type { GrowingDuration } from '../duration';

/**
 * When a user is looked at again, by the cause of it. Each cause has its own pace, and attempts of one cause say
 * nothing of another's.
 */
export const requeueTiming = {
  missing: {
    firstMs: 5 * second,
    maxMs: 90 * second,
    why: 'Graph does not know the user (yet): readers lag behind writers by seconds to minutes.',
  },
  lag: {
    firstMs: 5 * second,
    maxMs: 90 * second,
    why: 'A change was reported that no read shows yet: replicas follow within seconds, or take a minute and a half.',
  },
  interruptedWrite: {
    firstMs: second,
    maxMs: second,
    why: 'After the read lag: only then does a read prove that an interrupted write did not take effect.',
  },
  ownWrite: {
    firstMs: second,
    maxMs: second,
    why: 'After the read lag: a read that still shows the state before our write is true from then on.',
  },
  groups: {
    firstMs: 90 * second,
    maxMs: 90 * second,
    why: 'Directory sync writes memberships after their users, and nothing reports them with the user.',
  },
  echo: {
    firstMs: 5 * second,
    maxMs: 5 * second,
    why: 'Changes that are reported right after one that we made are read together.',
  },
  usageLocation: {
    firstMs: 3 * second,
    maxMs: 60 * second,
    why: 'A usage location that was just set is refused until it has replicated.',
  },
  unavailable: {
    firstMs: 2 * second,
    maxMs: 5 * minute,
    why: 'Graph is down or busy. That passes, however long it takes.',
  },
  waiting: {
    firstMs: 8 * hour,
    maxMs: 8 * hour,
    why: 'The waiting list wakes the users it serves. This look is for the case that the list was lost.',
  },
  seats: {
    firstMs: 5 * minute,
    maxMs: hour,
    why: 'Graph refuses to change a license for want of seats: there is no waiting list for that.',
  },
  permission: {
    firstMs: 60 * second,
    maxMs: 5 * minute,
    why: 'An admin must grant the permission, so it is tried at an even pace for as long as it takes.',
  },
  ownTrouble: {
    firstMs: hour,
    maxMs: 6 * hour,
    why: 'This user alone is out of the app’s reach, and nothing reports that it is over.',
  },
  unknown: {
    firstMs: minute,
    maxMs: 8 * minute,
    why: 'A refusal that the product does not know may pass: at once, after 1, 2, 4 and 8 minutes.',
  },
  paused: {
    firstMs: 30 * second,
    maxMs: 35 * second,
    why: 'Parked work comes back after this time, spread so that it does not come all at once.',
  },
  due: { firstMs: 0, maxMs: 0, why: 'A date that the decision itself named.' },
} satisfies Readonly<Record<string, GrowingDuration>>;
