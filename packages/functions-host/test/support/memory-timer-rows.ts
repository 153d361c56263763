import { setImmediate } from 'node:timers/promises';
import type { Logger } from '../../../emulator-kit/src/logger';
import type { TimerRow, TimerRows } from '../../src/timers/timer-table';

/** The table of the timers, with ETags, in memory. */
export class MemoryRows implements TimerRows {
  row: TimerRow | undefined;
  isAway = false;
  #version = 0;

  async read(): Promise<{ row: TimerRow; etag: string } | undefined> {
    // As a real table it answers later, so that a runner that spins fails a test instead of hanging it.
    await setImmediate();
    this.#check();
    return this.row && { row: this.row, etag: String(this.#version) };
  }

  async create(_name: string, row: TimerRow): Promise<void> {
    this.#check();
    if (this.row) return;
    this.#version += 1;
    this.row = row;
  }

  async replace(_name: string, row: TimerRow, etag: string): Promise<string | undefined> {
    this.#check();
    if (etag !== String(this.#version)) return undefined;
    this.#version += 1;
    this.row = row;
    return String(this.#version);
  }

  #check(): void {
    if (this.isAway) throw new Error('the table is away');
  }
}

/** A logger that adds each line to `lines`, without its fields. */
export function makeListLogger(lines: string[]): Logger {
  const log: Logger = {
    debug: () => undefined,
    info: (message) => lines.push(message),
    warn: (message) => lines.push(message),
    error: (message) => lines.push(message),
    with: () => log,
  };
  return log;
}

/** One call of a timer's function. */
export type Run = {
  readonly at: number;
  readonly host: string;
  readonly retry: number | undefined;
  readonly input: unknown;
};
