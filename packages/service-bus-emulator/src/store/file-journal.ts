import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../emulator-kit/src/errors';
import { toFacts } from '../engine/journal';
import type { Journal, JournalRecord } from '../engine/journal';
import { JournalFile, loadJournal } from './journal-file';

/** Compacted when it has grown to this size and to four times what a snapshot took, bytes. */
const smallestCompaction = 8_388_608;

/**
 * The durable journal: one append-only file in a directory, written by the end of each turn, before anything is
 * acknowledged. It survives the death of the process, not the loss of the machine's power (it does not wait for the disk).
 */
export class FileJournal {
  readonly loaded: readonly JournalRecord[];
  readonly droppedBytes: number;
  readonly journal: Journal;
  readonly #file: JournalFile;
  readonly #lockPath: string;
  #pending: JournalRecord[] = [];
  #isRecording = false;
  #compactAt = smallestCompaction;
  #snapshot: () => Iterable<JournalRecord> = () => [];

  /** @throws UserError when another broker uses the directory */
  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#lockPath = join(directory, 'broker.pid');
    takeLock(this.#lockPath, directory);
    const path = join(directory, 'journal');
    const { records, droppedBytes } = loadJournal(path);
    this.loaded = records;
    this.droppedBytes = droppedBytes;
    this.#file = new JournalFile(path, statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    const write = (record: JournalRecord) => {
      if (this.#isRecording) this.#pending.push(record);
    };
    this.journal = {
      put: (queue, message) => write({ kind: 'put', queue, message: toFacts(message) }),
      change: (queue, { sequenceNumber, state, deliveryCount, changed }) =>
        write({ kind: 'change', queue, sequenceNumber, change: { state, deliveryCount, changed } }),
      remove: (queue, sequenceNumber) => write({ kind: 'remove', queue, sequenceNumber }),
      sessionState: (queue, sessionId, state) => write({ kind: 'sessionState', queue, sessionId, state }),
      seen: (queue, messageId, at) => write({ kind: 'seen', queue, messageId, at }),
      define: (queue, settings) => write({ kind: 'define', queue, settings }),
      drop: (queue) => write({ kind: 'drop', queue }),
      commit: () => this.#commit(),
    };
  }

  /** What happens from now on is recorded; `snapshot` gives the whole state, for compaction. */
  record(snapshot: () => Iterable<JournalRecord>): void {
    this.#snapshot = snapshot;
    this.#isRecording = true;
    if (this.#file.size > smallestCompaction) this.#compact();
  }

  close(): void {
    this.#commit();
    this.#isRecording = false;
    this.#file.close();
    rmSync(this.#lockPath, { force: true });
  }

  #commit(): void {
    if (this.#pending.length === 0) return;
    const records = this.#pending;
    this.#pending = [];
    this.#file.append(records);
    if (this.#file.size >= this.#compactAt) this.#compact();
  }

  #compact(): void {
    this.#file.rewrite(this.#snapshot());
    this.#compactAt = Math.max(smallestCompaction, this.#file.size * 4);
  }
}

function takeLock(path: string, directory: string): void {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
  const owner = Number(readFileSync(path, 'utf8'));
  if (owner !== process.pid && isAlive(owner)) {
    throw new UserError('service-bus/data-in-use', `${directory} is in use by the process ${owner}`, {
      hint: `Stop that broker, or pass another --data directory. If ${owner} is no broker, delete ${path}.`,
    });
  }
  writeFileSync(path, String(process.pid), { mode: 0o600 });
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
