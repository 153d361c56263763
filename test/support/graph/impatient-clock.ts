import { systemClock } from '../../../shared/kernel/clock';
import type { Clock } from '../../../shared/kernel/clock';
import { timing } from '../../../shared/kernel/timing';

/**
 * The system's clock for tests of retries over a real connection: a pause between attempts is not waited for, time goes
 * on by it. The time-out of one request is longer, and stays real time: the answer does come over a socket.
 */
export function makeImpatientClock(): Clock {
  let skippedMs = 0;
  return {
    now: () => systemClock.now() + skippedMs,
    sleep: async (ms, signal) => {
      if (ms > timing.graph.readRetry.maxMs) return systemClock.sleep(ms, signal);
      signal?.throwIfAborted();
      skippedMs += ms;
      // Everything else that is ready comes first, as in a real pause.
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    },
  };
}
