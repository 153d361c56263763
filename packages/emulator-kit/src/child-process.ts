/**
 * The manners of every process of the embedded cloud. A parent that spawns one with an IPC channel gets
 * `{ type: 'ready', ...facts }` once it serves, and the process stops when the parent goes away, so that nothing
 * is left behind, whatever ended the parent.
 */
export type ReadyMessage = { readonly type: 'ready' } & Readonly<Record<string, unknown>>;

/** Sends the ready message to the parent, if there is one that listens. */
export function announceReady(facts: Readonly<Record<string, unknown>>): void {
  if (process.connected) process.send?.({ type: 'ready', ...facts } satisfies ReadyMessage);
}

/** Calls `stop` once, on SIGINT, SIGTERM or the parent's end; exits at the latest after `graceMs`. */
export function stopWithParent(stop: () => Promise<void>, graceMs = 2_000): void {
  let stopping = false;
  const onStop = () => {
    if (stopping) return;
    stopping = true;
    // The last resort when a socket or timer keeps the process alive.
    setTimeout(() => process.exit(), graceMs).unref();
    void stop().finally(() => {
      if (process.connected) process.disconnect();
      process.exitCode ??= 0;
      process.exit();
    });
  };
  process.on('SIGINT', onStop);
  process.on('SIGTERM', onStop);
  process.on('disconnect', onStop);
}
