import { setMaxListeners } from 'node:events';

/**
 * Signals that end what takes longer than `ms`. What begins within `stepMs` shares one and may take as much longer: a signal
 * of its own for every small call costs a good part of what the call does.
 * Milliseconds, of the system's own timers.
 */
export function makeSharedDeadline(ms: number, stepMs: number): () => AbortSignal {
  let shared: AbortSignal | undefined;
  let madeAt = -Infinity;
  return () => {
    const now = performance.now();
    if (shared === undefined || now - madeAt >= stepMs) {
      madeAt = now;
      shared = AbortSignal.timeout(ms + stepMs);
      setMaxListeners(0, shared);
    }
    return shared;
  };
}
