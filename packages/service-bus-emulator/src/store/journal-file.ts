import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { JournalRecord } from '../engine/journal';

const magic = Buffer.from('SBJOURN1');
/** Length and CRC-32 of what follows, 4 bytes each, big-endian. */
const headLength = 8;
const recordsPerFrame = 1_000;

/** One commit: its records as a whole, so that a torn end takes nothing half. */
function toFrame(records: readonly JournalRecord[]): Buffer {
  const body = serialize(records);
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(body.length, 0);
  head.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

export type LoadedJournal = {
  readonly records: JournalRecord[];
  /** Bytes of a torn or damaged end that were cut off. */
  readonly droppedBytes: number;
};

/** Reads a journal and cuts off an end that was not written completely. A missing file is an empty journal. */
export function loadJournal(path: string): LoadedJournal {
  if (!existsSync(path)) return { records: [], droppedBytes: 0 };
  const bytes = readFileSync(path);
  if (bytes.length >= magic.length && !bytes.subarray(0, magic.length).equals(magic)) {
    throw new Error(`${path} is not a journal of this broker`);
  }
  const records: JournalRecord[] = [];
  let end = Math.min(bytes.length, magic.length);
  for (;;) {
    const body = frameAt(bytes, end);
    if (!body) break;
    for (const record of deserialize(body) as JournalRecord[]) records.push(record);
    end += headLength + body.length;
  }
  const keep = end < magic.length ? 0 : end;
  if (keep < bytes.length) truncateSync(path, keep);
  return { records, droppedBytes: bytes.length - keep };
}

function frameAt(bytes: Buffer, start: number): Buffer | undefined {
  if (bytes.length - start < headLength) return undefined;
  const length = bytes.readUInt32BE(start);
  const body = bytes.subarray(start + headLength, start + headLength + length);
  return body.length === length && crc32(body) === bytes.readUInt32BE(start + 4) ? body : undefined;
}

/** A file that commits are appended to. */
export class JournalFile {
  readonly #path: string;
  #descriptor: number;
  size: number;

  constructor(path: string, size: number) {
    this.#path = path;
    this.#descriptor = openSync(path, 'a', 0o600);
    this.size = size;
    if (size === 0) this.#append(magic);
  }

  append(records: readonly JournalRecord[]): void {
    this.#append(toFrame(records));
  }

  /** Replaces the content. The old file stays until the new one is complete. */
  rewrite(records: Iterable<JournalRecord>): void {
    const next = `${this.#path}.next`;
    const descriptor = openSync(next, 'w', 0o600);
    let size = writeAll(descriptor, magic);
    let frame: JournalRecord[] = [];
    for (const record of records) {
      if (frame.push(record) < recordsPerFrame) continue;
      size += writeAll(descriptor, toFrame(frame));
      frame = [];
    }
    if (frame.length > 0) size += writeAll(descriptor, toFrame(frame));
    fsyncSync(descriptor);
    renameSync(next, this.#path);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.size = size;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(bytes: Buffer): void {
    this.size += writeAll(this.#descriptor, bytes);
  }
}

function writeAll(descriptor: number, bytes: Buffer): number {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
  return bytes.length;
}
