import { minute, second } from '../duration';
import type { Durations } from '../duration';

/** How old what a process remembers of the tables and of Graph may be. */
export const sourcesTiming = {
  catalogue: {
    ms: 10 * second,
    why: 'Free seats and service plans. A reading costs 3 resource units, and deciding needs one for each user.',
  },
  groups: {
    ms: 30 * second,
    why: 'What the groups that a policy names stand for, and whether they are there. A license is taken away after two looks 10 minutes apart, and the second one knows of a rename.',
  },
  unboundNames: {
    ms: minute,
    why: 'Names of a stored policy that nothing had are looked at again, and bound to what has them by then.',
  },
  noSeats: {
    ms: 30 * second,
    why: 'After Graph refused a SKU for want of seats it counts as full, although the count still shows free seats.',
  },
  learntConflicts: {
    ms: 5 * second,
    why: 'What another process learnt from a refusal. Until it is known here, it costs one more refused write.',
  },
  policyPointer: {
    ms: 5 * second,
    why: 'Which policy is in force: an activation or a cancellation reaches every process within this time.',
  },
  rollouts: {
    ms: 5 * second,
    why: 'Whether a rollout still runs: after a cancellation its members are written for at most this time.',
  },
  waitingSkus: {
    ms: 5 * second,
    why: 'SKUs with a waiting list. What this process lists itself it knows at once.',
  },
  pauses: {
    ms: 2 * second,
    why: 'An operator who pauses expects that writing stops; one table call per process and 2 s is cheap enough.',
  },
} satisfies Durations;
