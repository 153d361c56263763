import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import { timing } from '../../kernel/timing';
import type { Cursor, CursorStore } from '../../store/ports/cursor-store';
import { bulkSize } from './bulk-pacer';

const rowName = 'express-window';
const mostRounds = 10;
/** Of places that come free bit by bit. */
const rounding = 1e-6;

/**
 * `users`: who went by express within 15 s, by the beginning of their id, and when; `taken`: places that were taken at the
 * time `at`. Milliseconds.
 */
const Stored = z.object({ users: z.record(z.string(), z.number()), taken: z.number(), at: z.number() });
type Window = z.infer<typeof Stored>;

/**
 * Who is one of a crowd is told by how many users the directory's changes bring to a license, however the changes
 * arrive: in one round of the deltas, in notifications of a few users each, at several processes that decide. There are
 * 50 places by express, each user takes one, and in 15 s 50 come free, one by one; who finds none goes in bulk. So a
 * joiner stands behind 50 others at most, and one who joins a second after a crowd is none of it.
 */
export interface ExpressWindow {
  /**
   * May what is written for this user go by express? A user who did so within 15 s still may. Never throws: when
   * the row cannot be had the answer is yes, since nothing but the order depends on it.
   */
  admits(userId: UserId): Promise<boolean>;
}

type Asking = { readonly key: string; readonly answer: (isAdmitted: boolean) => void };

/**
 * The window in a row that all processes share. Users of one process who ask at the same time cost one table call, and
 * none where no place is free by what the process last read: others only take places, and time alone frees them.
 */
export function makeExpressWindow(cursors: CursorStore, clock: Clock): ExpressWindow {
  let known: Cursor | undefined;
  let isRunning = false;
  let asking: Asking[] = [];

  const settle = async (keys: readonly string[]): Promise<ReadonlySet<string>> => {
    for (let round = 1; round <= mostRounds; round++) {
      known ??= await cursors.read(rowName);
      const before = parse(known.value, clock.now());
      const { admitted, after } = admit(before, keys, clock.now());
      if (after === before) return admitted;
      try {
        known = await cursors.commit(rowName, known, JSON.stringify(after));
        return admitted;
      } catch (error) {
        known = undefined;
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
    return new Set(keys);
  };

  const run = async () => {
    isRunning = true;
    while (asking.length > 0) {
      const batch = asking;
      asking = [];
      const keys = batch.map(({ key }) => key);
      const admitted = await settle(keys).catch(() => new Set(keys));
      for (const { key, answer } of batch) answer(admitted.has(key));
    }
    isRunning = false;
  };

  return {
    admits: (userId) =>
      new Promise((answer) => {
        asking.push({ key: userId.slice(0, 8), answer });
        if (!isRunning) void run();
      }),
  };
}

/** `after` is `before` itself when nothing changes. */
function admit(
  before: Window,
  keys: readonly string[],
  now: number,
): { readonly admitted: ReadonlySet<string>; readonly after: Window } {
  const users = { ...before.users };
  const admitted = new Set<string>();
  let { taken } = before;
  for (const key of keys) {
    const isNew = users[key] === undefined;
    if (isNew && taken + 1 > bulkSize + rounding) continue;
    if (isNew) {
      users[key] = now;
      taken++;
    }
    admitted.add(key);
  }
  return { admitted, after: taken === before.taken ? before : { users, taken, at: before.at } };
}

/** The window as of now. What a clock has stored that is further ahead than the window is long counts for nothing. */
function parse(value: string | null, now: number): Window {
  const width = timing.intake.expressWindow.ms;
  const { users, taken, at } = read(value);
  const isBelievable = at - now <= width;
  const freed = (Math.max(0, now - at) / width) * bulkSize;
  return {
    users: Object.fromEntries(Object.entries(users).filter(([, then]) => Math.abs(now - then) < width)),
    taken: isBelievable ? Math.max(0, taken - freed) : 0,
    at: isBelievable ? Math.max(now, at) : now,
  };
}

function read(value: string | null): Window {
  try {
    return Stored.parse(JSON.parse(value ?? ''));
  } catch {
    return { users: {}, taken: 0, at: 0 };
  }
}
