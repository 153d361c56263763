import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import { timing } from '../../kernel/timing';
import type { Cursor, CursorStore } from '../../store/ports/cursor-store';
import { bulkSize } from './bulk-pacer';

const rowName = 'express-window';
const mostRounds = 10;

/** `users`: who went by express, by the beginning of their id, and when; `closedUntil`: others go in bulk. Milliseconds. */
const Stored = z.object({ users: z.record(z.string(), z.number()), closedUntil: z.number() });
type Window = z.infer<typeof Stored>;

/**
 * Who is one of a crowd is told by how many users the directory's changes bring to a license within 15 s, however the
 * changes arrive: in one round of the deltas, in notifications of a few users each, at several processes that decide. The
 * first 50 go by express; from then on users go in bulk, for 15 s. So a joiner stands behind 50 others at most.
 */
export interface ExpressWindow {
  /**
   * May what is written for this user go by express? A user who did so within the window still may. Never throws: when
   * the row cannot be had the answer is yes, since nothing but the order depends on it.
   */
  admits(userId: UserId): Promise<boolean>;
}

type Asking = { readonly key: string; readonly answer: (isAdmitted: boolean) => void };

/**
 * The window in a row that all processes share. Users of one process who ask at the same time cost one table call, and
 * none while the window is known to be closed.
 */
export function makeExpressWindow(cursors: CursorStore, clock: Clock): ExpressWindow {
  let known: Cursor | undefined;
  let closedUntil = 0;
  let isRunning = false;
  let asking: Asking[] = [];

  const settle = async (keys: readonly string[]): Promise<ReadonlySet<string>> => {
    for (let round = 1; round <= mostRounds; round++) {
      known ??= await cursors.read(rowName);
      const before = parse(known.value, clock.now());
      const { admitted, after } = admit(before, keys, clock.now());
      closedUntil = after.closedUntil;
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
    admits: (userId) => {
      if (clock.now() < closedUntil) return Promise.resolve(false);
      return new Promise((answer) => {
        asking.push({ key: userId.slice(0, 8), answer });
        if (!isRunning) void run();
      });
    },
  };
}

/** `after` is `before` itself when nothing changes. */
function admit(
  before: Window,
  keys: readonly string[],
  now: number,
): { readonly admitted: ReadonlySet<string>; readonly after: Window } {
  if (now < before.closedUntil) return { admitted: new Set(), after: before };
  const users = { ...before.users };
  const admitted = new Set<string>();
  for (const key of keys) {
    const isNew = users[key] === undefined;
    if (isNew && Object.keys(users).length >= bulkSize) {
      return { admitted, after: { users: {}, closedUntil: now + timing.intake.expressWindow.ms } };
    }
    if (isNew) users[key] = now;
    admitted.add(key);
  }
  const isSame = keys.every((key) => before.users[key] !== undefined);
  return { admitted, after: isSame ? before : { users, closedUntil: 0 } };
}

/** What is older than the window, or further ahead than it is long (a wrong clock), no longer counts. */
function parse(value: string | null, now: number): Window {
  const width = timing.intake.expressWindow.ms;
  const stored = read(value);
  const users = Object.entries(stored.users).filter(([, at]) => Math.abs(now - at) < width);
  return {
    users: Object.fromEntries(users),
    closedUntil: stored.closedUntil - now <= width ? stored.closedUntil : 0,
  };
}

function read(value: string | null): Window {
  try {
    return Stored.parse(JSON.parse(value ?? ''));
  } catch {
    return { users: {}, closedUntil: 0 };
  }
}
