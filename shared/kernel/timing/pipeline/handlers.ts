import { day, minute, second } from '../duration';
import type { Durations } from '../duration';

/** How the handlers of messages wait. */
export const handlersTiming = {
  decideRound: {
    firstMs: 20,
    maxMs: 2 * second,
    why: 'Between rounds of deciding when another worker changed the row: a round costs one read of the user.',
  },
  applyRound: {
    firstMs: 100,
    maxMs: 2 * second,
    why: 'Between rounds of applying when another worker changed the row, or Graph refused what is read afresh.',
  },
  park: {
    ms: 30 * second,
    why: 'A message that no policy can answer waits this long in its queue: an operator repairs the policy.',
  },
  newerAwaited: {
    ms: day,
    why: 'A message of a version that does not come within this time is a failure: it would go round for ever.',
  },
  putBack: {
    ms: minute,
    why: 'A message of a newer version waits for a newer instance of the app.',
  },
  straySweep: {
    ms: 20 * second,
    why: 'One run of emptying sessions that are no lanes; the next message in one begins another run.',
  },
  strayLease: {
    ms: 30 * second,
    why: 'One process at a time empties sessions that are no lanes: its run, and the broker’s last answer.',
  },
  sameTrace: {
    ms: 10 * minute,
    why: 'What is due later than this is a story of its own, and not part of the trace of the message in hand.',
  },
} satisfies Durations;
