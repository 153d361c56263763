import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import type { Clock } from '../../kernel/clock';
import type { CursorStore } from '../../store/ports/cursor-store';

/** How following changes goes: health and doctor judge by rounds that worked, not by a position that moved. */
export type DeltaRound = {
  /** When a round last worked, milliseconds; null: none has yet. */
  readonly workedAt: number | null;
  /** When rounds began to fail; null: the last one worked. */
  readonly failingSince: number | null;
  /** What the last failed round said. */
  readonly error: string | null;
};

const ofUsers = 'users-delta-round';
const Stored = z.object({
  workedAt: z.number().nullable(),
  failingSince: z.number().nullable(),
  error: z.string().nullable(),
});

/**
 * @param failure what the round failed with; null: it worked
 * @param rowName whose rounds; default: those of following users
 * Of two instances that write at once one is enough.
 */
export async function recordRound(
  { cursors, clock }: { readonly cursors: CursorStore; readonly clock: Clock },
  failure: Error | null,
  rowName = ofUsers,
): Promise<void> {
  const row = await cursors.read(rowName);
  const before = parseRound(row.value);
  const now = clock.now();
  const after: DeltaRound =
    failure === null
      ? { workedAt: now, failingSince: null, error: null }
      : { workedAt: before.workedAt, failingSince: before.failingSince ?? now, error: failure.message };
  try {
    await cursors.commit(rowName, row, JSON.stringify(after));
  } catch (error) {
    if (!(error instanceof ConcurrencyError)) throw error;
  }
}

/** Notes that rounds are not needed any more: how the last ones went does not count. */
export async function forgetRound(cursors: CursorStore, rowName: string): Promise<void> {
  const row = await cursors.read(rowName);
  const { workedAt, failingSince } = parseRound(row.value);
  if (workedAt === null && failingSince === null) return;
  await cursors.commit(rowName, row, JSON.stringify({ workedAt: null, failingSince: null, error: null }));
}

/** Rows of an earlier version know only when the position moved: that stands in for a round that worked. */
export async function readRound(cursors: Pick<CursorStore, 'read'>): Promise<DeltaRound> {
  const round = parseRound((await cursors.read(ofUsers)).value);
  if (round.workedAt !== null || round.failingSince !== null) return round;
  return { ...round, workedAt: (await cursors.read('users-delta')).updatedAt };
}

/** What the row of rounds says; nothing for a row that is not there or cannot be read. */
export function parseRound(value: string | null): DeltaRound {
  const none: DeltaRound = { workedAt: null, failingSince: null, error: null };
  if (value === null) return none;
  try {
    return Stored.parse(JSON.parse(value));
  } catch {
    return none;
  }
}
