import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError, ensureError } from '../shared/kernel/errors';
import { isProcessRunning } from '../shared/kernel/process-running';
import { writePrivateJson } from './cloud-file';

const Lock = z.object({ pid: z.number().int(), processes: z.array(z.number().int()).default([]) });
type Lock = z.infer<typeof Lock>;

const lockPath = (folder: string) => join(folder, 'lock.json');
/** Processes of a cloud end by themselves when the one that started them is gone. */
const endsWithinMs = 10_000;
const lookEveryMs = 50;

/**
 * Makes the folder belong to this process, until `releaseLock`. What a killed process has left is taken over once the
 * processes that it had noted are gone.
 * @throws UserError `local/kept-elsewhere`: another process works on the folder
 */
export async function takeLock(folder: string): Promise<void> {
  const path = lockPath(folder);
  // Written beside it and linked: a lock that is there is whole at every time.
  const whole = `${path}.${String(process.pid)}.${randomUUID().slice(0, 8)}`;
  writeFileSync(whole, JSON.stringify({ pid: process.pid, processes: [] }), { mode: 0o600 });
  try {
    while (!isFirst(whole, path)) await freeLock(path, folder);
  } finally {
    rmSync(whole, { force: true });
  }
}

/** Notes the processes that write into the folder, so that a later start can wait for their end. */
export function noteInLock(folder: string, processes: readonly number[]): void {
  writePrivateJson(lockPath(folder), { pid: process.pid, processes });
}

/** The folder is free for another process; a lock that is not of this one stays. */
export function releaseLock(folder: string): void {
  if (readLock(lockPath(folder))?.pid === process.pid) rmSync(lockPath(folder), { force: true });
}

/** Gives the file a second name, at once; false: there is a file of that name. */
function isFirst(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code !== 'EEXIST') throw ensureError(thrown);
    return false;
  }
}

/** Of a process that was killed: its services may still be writing. */
async function freeLock(path: string, folder: string): Promise<void> {
  const mark = identify(path);
  const lock = isOfEarlierBoot(path) ? undefined : readLock(path);
  if (lock !== undefined && lock.pid !== process.pid && isProcessRunning(lock.pid)) {
    throw new UserError(
      'local/kept-elsewhere',
      `Process ${String(lock.pid)} works on the kept state in ${folder}`,
      {
        hint: `Stop it with Ctrl-C, or start without --keep. If it is another program, delete ${path}.`,
      },
    );
  }
  const deadline = performance.now() + endsWithinMs;
  for (const pid of lock?.processes ?? []) {
    while (isProcessRunning(pid)) {
      if (performance.now() > deadline) {
        throw new UserError(
          'local/kept-elsewhere',
          `Process ${String(pid)} of an earlier start still writes into ${folder}`,
          { hint: `End it. If it is another program, delete ${path}.` },
        );
      }
      await sleep(lookEveryMs);
    }
  }
  await removeOnce(path, mark, folder);
}

/**
 * Several starts may have found the same lock left behind, and one of them may have its own there by now. So only who
 * holds the right to remove a lock looks at it once more and removes it, if it is still the one that was found.
 */
async function removeOnce(path: string, mark: string | undefined, folder: string): Promise<void> {
  const right = `${path}.removing`;
  const claim = `${right}.${String(process.pid)}.${randomUUID().slice(0, 8)}`;
  writeFileSync(claim, '', { mode: 0o600 });
  try {
    const deadline = performance.now() + endsWithinMs;
    while (!isFirst(claim, right)) {
      // It takes the other one less than a millisecond.
      if (performance.now() > deadline) {
        throw new UserError(
          'local/kept-elsewhere',
          `Another start is taking over the kept state in ${folder}`,
          {
            hint: `Wait for it. If none is running, delete ${right}.`,
          },
        );
      }
      await sleep(lookEveryMs);
    }
    try {
      if (identify(path) === mark) rmSync(path, { force: true });
    } finally {
      rmSync(right, { force: true });
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

/** The very file, not only its content: numbers of processes come again. undefined: there is none. */
function identify(path: string): string | undefined {
  try {
    const { ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [ino, mtimeNs, ctimeNs].join(' ');
  } catch {
    return undefined;
  }
}

const clockMayBeWrongMs = 60_000;

/** Numbers of processes begin anew with the machine: what was noted before says nothing of those that run now. */
function isOfEarlierBoot(path: string): boolean {
  try {
    return statSync(path).mtimeMs < Date.now() - uptime() * 1_000 - clockMayBeWrongMs;
  } catch {
    return false;
  }
}

function readLock(path: string): Lock | undefined {
  try {
    return Lock.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
