import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isProcessRunning } from '../shared/kernel/process-running';

/** Files that this process is writing and that are to be gone when it ends. */
const open = new Set<string>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A file of its own beside `path` while `use` works on it: `PATH.PID.xxxxxxxx.ENDING`. It is gone afterwards, whatever becomes of
 * `use` (or has another name, where `use` renamed it), and also when a signal ends the process. What a process that was killed
 * has left beside the same path is deleted first.
 */
export async function withTemporaryFile<Result>(
  path: string,
  ending: 'new' | 'first',
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  await deleteLeftOvers(path);
  const file = `${path}.${String(process.pid)}.${randomUUID().slice(0, 8)}.${ending}`;
  if (open.size === 0) for (const signal of signals) process.on(signal, deleteAndEnd);
  open.add(file);
  try {
    return await use(file);
  } finally {
    await rm(file, { force: true });
    open.delete(file);
    if (open.size === 0) for (const signal of signals) process.off(signal, deleteAndEnd);
  }
}

function deleteAndEnd(signal: NodeJS.Signals): void {
  for (const name of signals) process.off(name, deleteAndEnd);
  // Where the command has an end of its own for the signal, its files go with that.
  if (process.listenerCount(signal) > 0) return;
  for (const file of open) rmSync(file, { force: true });
  process.kill(process.pid, signal);
}

const ofTemporary = /^\.(\d+)\.[0-9a-f]{8}\.(?:new|first|first\.\d+\.[0-9a-f]{8}\.new)$/;

async function deleteLeftOvers(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)];
  // That there is no such folder is told when the file is written.
  for (const found of await readdir(folder).catch(() => [])) {
    if (!found.startsWith(name)) continue;
    const pid = ofTemporary.exec(found.slice(name.length))?.[1];
    if (pid !== undefined && !isProcessRunning(Number(pid))) await rm(join(folder, found), { force: true });
  }
}
