import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import type { Clock } from '../../kernel/clock';
import type { CursorStore } from '../../store/ports/cursor-store';

const Round = z.object({
  workedAt: z.number().nullable(),
  failingSince: z.number().nullable(),
  error: z.string().nullable(),
});
/** One row for users and groups: both are shown together. */
const Stored = Round.extend({ groups: Round.optional() });
type Stored = z.infer<typeof Stored>;

/** How following changes goes: health and doctor judge by rounds that worked, not by a position that moved. */
export type DeltaRound = {
  /** When a round last worked, milliseconds; null: none has yet. */
  readonly workedAt: number | null;
  /** When rounds began to fail; null: the last one worked. */
  readonly failingSince: number | null;
  /** What the last failed round said. */
  readonly error: string | null;
};

/** `isUsed`: a policy names groups, so that they are followed, or should be. */
export type GroupRound = DeltaRound & { readonly isUsed: boolean };

/** Whose changes a round follows. */
export type Followed = 'users' | 'groups';

/** The row of both rounds, and that of the position, by which an earlier version tells when a round worked. */
export const roundCursors = { rounds: 'users-delta-round', position: 'users-delta' } as const;
const rowName = roundCursors.rounds;
const none: DeltaRound = { workedAt: null, failingSince: null, error: null };
/** The two rounds of one timer end at the same time. */
const mostTries = 5;

/** @param failure what the round failed with; null: it worked */
export async function recordRound(
  { cursors, clock }: { readonly cursors: CursorStore; readonly clock: Clock },
  failure: Error | null,
  of: Followed = 'users',
): Promise<void> {
  const now = clock.now();
  await change(cursors, (row) => {
    const before = of === 'users' ? row : (row.groups ?? none);
    const after: DeltaRound =
      failure === null
        ? { workedAt: now, failingSince: null, error: null }
        : { workedAt: before.workedAt, failingSince: before.failingSince ?? now, error: failure.message };
    return of === 'users' ? { ...row, ...after } : { ...row, groups: after };
  });
}

/** No policy names groups any more: how their last round ended does not count. */
export async function forgetGroupRound(cursors: CursorStore): Promise<void> {
  await change(cursors, (row) => {
    const { groups, ...users } = row;
    return groups === undefined ? row : users;
  });
}

/** Of several instances that write at once one is enough. */
async function change(cursors: CursorStore, next: (row: Stored) => Stored): Promise<void> {
  for (let tries = 1; tries <= mostTries; tries++) {
    const row = await cursors.read(rowName);
    const before = parse(row.value);
    const after = next(before);
    if (after === before) return;
    try {
      await cursors.commit(rowName, row, JSON.stringify(after));
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}

/**
 * The rounds of users and of groups: one table read. Rows of an earlier version know only when the position of the users
 * moved: that stands in for a round that worked.
 */
export async function readRounds(
  cursors: Pick<CursorStore, 'read'>,
): Promise<{ readonly users: DeltaRound; readonly groups: GroupRound }> {
  const { groups, ...users } = parse((await cursors.read(rowName)).value);
  const isKnown = users.workedAt !== null || users.failingSince !== null;
  const workedAt = isKnown ? users.workedAt : (await cursors.read(roundCursors.position)).updatedAt;
  return { users: { ...users, workedAt }, groups: { ...(groups ?? none), isUsed: groups !== undefined } };
}

/** Those of users alone. */
export async function readRound(cursors: Pick<CursorStore, 'read'>): Promise<DeltaRound> {
  return (await readRounds(cursors)).users;
}

function parse(value: string | null): Stored {
  if (value === null) return none;
  try {
    return Stored.parse(JSON.parse(value));
  } catch {
    return none;
  }
}
