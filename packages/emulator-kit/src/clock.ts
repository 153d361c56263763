/** Time is an argument: outside this file nothing reads the clock or sleeps, so that a test can move time itself. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The system's time and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.max(0, ms),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/**
 * The reason to abort a wait with when nothing waits for it any more. Without one, abort() makes a DOMException with
 * its stack each time, which costs more than all the rest of the wait.
 */
export const noLongerNeeded = new Error('No longer needed');

/** Milliseconds since 1970 as text, such as 2026-05-04T08:00:00.000Z. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
