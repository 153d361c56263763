import { minute, second } from './duration';
import type { Durations } from './duration';

/** The command line and the demo. */
export const commandsTiming = {
  outage: { ms: 10 * second, why: 'People wait less long for an outage to end than functions do.' },
  redraw: { ms: 100, why: 'A progress bar that is drawn more often only flickers.' },
  outcomePoll: { ms: 250, why: 'Between two readings of the user whose outcome a command waits for.' },
  syncPoll: { ms: 300, why: 'Between two readings of the users of a sync that the demo follows.' },
  syncUnconcerned: {
    ms: 15 * second,
    why: 'A change that the policy does not look at leaves the row of its user as it was: then nothing more is expected.',
  },
  locationIsNew: {
    ms: 5 * second,
    why: 'A refusal within this time after a usage location was written is probably about it.',
  },
  hostRestart: {
    ms: 10 * second,
    why: 'A functions host that ends again this soon after its restart is not started again: it would end forever.',
  },
  opsRequest: {
    ms: 40 * second,
    why: 'One request to the ops API, which answers within 25 s; a cold start may come before that.',
  },
  operationPoll: { ms: 500, why: 'Between two looks at long work that a command follows.' },
  tenantOutage: {
    ms: 10 * minute,
    why: 'A command that reads a tenant without the app waits for Graph as long as Graph asks: a large tenant is throttled.',
  },
  tokenSpare: {
    ms: 5 * minute,
    why: 'A token that ends sooner than this is asked for anew: requests wait, and clocks differ.',
  },
  keptReads: {
    ms: 60 * minute,
    why: 'Pages of an interrupted plan are used again for this long: an older plan would mix what was with what is.',
  },
} satisfies Durations;
