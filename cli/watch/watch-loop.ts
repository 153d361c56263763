/** Reads and shows, again and again, until it is stopped or has done so `count` times. */
export async function watchLoop<Snapshot>(parts: {
  readonly read: () => Promise<Snapshot>;
  readonly show: (snapshot: Snapshot) => void;
  /** Milliseconds from the end of one reading to the next. */
  readonly intervalMs: number;
  readonly count: number;
  readonly signal: AbortSignal;
  /** Resolves early when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}): Promise<void> {
  const { read, show, intervalMs, count, signal, sleep } = parts;
  for (let shown = 0; shown < count && !signal.aborted;) {
    const snapshot = await read();
    if (signal.aborted) return;
    show(snapshot);
    shown++;
    if (shown < count) await sleep(intervalMs, signal);
  }
}

/** A timer that ends with its signal. */
export function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
