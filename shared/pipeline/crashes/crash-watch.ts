import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import type { Logger } from '../../kernel/logger';
import type { CursorStore } from '../../store/ports/cursor-store';

/** Whether processes of the app have been dying, so that handling has to be careful. */
export interface CrashWatch {
  /** Asked before every message; a table is asked once per process. */
  isCareful(): Promise<boolean>;
  /** One at a time in this process: users who may be the ones that end it are not handled side by side. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
}

const cursorName = 'process-starts';
/** So many starts within this time are taken for a process that keeps dying. Scaling out looks the same. */
const manyStarts = 3;
const windowMs = 30 * 60_000;
/** A process is careful for so long after such a start. */
const carefulMs = 15 * 60_000;
const mostKept = 50;

const StoredStarts = z.array(z.number());

export function makeCrashWatch(tools: {
  readonly cursors: CursorStore;
  readonly clock: Clock;
  readonly logger: Logger;
}): CrashWatch {
  const { cursors, clock, logger } = tools;
  let carefulUntil: Promise<number> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const noteStart = async (): Promise<number> => {
    const now = clock.now();
    for (let attempt = 0; attempt < 10; attempt++) {
      const cursor = await cursors.read(cursorName);
      const recent = startsOf(cursor.value).filter((at) => now - at < windowMs);
      try {
        await cursors.commit(cursorName, cursor, JSON.stringify([...recent, now].slice(-mostKept)));
      } catch (error) {
        if (error instanceof ConcurrencyError) continue;
        throw error;
      }
      if (recent.length + 1 < manyStarts) return -Infinity;
      logger.warn('The app has started often of late; it notes whom it handles, in case somebody ends it', {
        starts: recent.length + 1,
      });
      return now + carefulMs;
    }
    // So many processes start at once that careful is right in any case.
    return now + carefulMs;
  };

  return {
    isCareful: async () => {
      carefulUntil ??= noteStart().catch((error: unknown) => {
        carefulUntil = undefined;
        throw error;
      });
      return clock.now() < (await carefulUntil);
    },
    alone: (work) => {
      const mine = queue.then(work, work);
      queue = mine.catch(() => undefined);
      return mine;
    },
  };
}

function startsOf(value: string | null): readonly number[] {
  if (value === null) return [];
  try {
    return StoredStarts.parse(JSON.parse(value));
  } catch {
    return [];
  }
}
