import { z } from 'zod';
import { ConcurrencyError } from '../../../kernel/errors';
import { timing } from '../../../kernel/timing';
import { within } from '../../../kernel/within';
import type { CursorStore } from '../../../store/ports/cursor-store';
import type { Services } from '../../services';
import type { Task } from '../../task';
import { parseJson } from '../events/parse-json';

/** The row that tells when records of the audit log last came, and how late they were. */
export const auditCursor = 'last-audit-record';

const Stored = z.object({ lagMs: z.number() });

/** When records last came, at most a minute late, and how long before that the latest of them happened; milliseconds. */
export type LastAuditRecord = { readonly at: number | null; readonly lagMs: number | null };

/** @throws TransientError */
export async function readLastAuditRecord(cursors: Pick<CursorStore, 'read'>): Promise<LastAuditRecord> {
  const { value, updatedAt } = await cursors.read(auditCursor);
  return { at: updatedAt, lagMs: lagOf(value) };
}

const lagOf = (value: string | null) => Stored.safeParse(parseJson(value ?? '')).data?.lagMs ?? null;

/** When this process last looked after it, by store: most batches then cost no table. Nothing depends on it. */
const noted = new WeakMap<object, { readonly at: number; readonly lagMs: number | null }>();
const isLate = (lagMs: number | null) => lagMs !== null && lagMs > timing.doctor.auditLate.ms;
/** Within the minute only that records are in time again: a warning would stand where no record follows. */
const isNoteworthy = (lagMs: number | null, before: number | null) =>
  lagMs !== null && !isLate(lagMs) && isLate(before);

/**
 * Notes that records came, the latest of which happened at `latestAt`, milliseconds. Never throws, and is waited for
 * `timing.intake.noteWait` at most: the users are on their way already.
 */
export async function noteAuditRecords(
  { cursors, clock }: Pick<Services, 'cursors' | 'clock'>,
  { logger }: Task,
  latestAt: number | null,
): Promise<void> {
  const now = clock.now();
  // A clock of Microsoft's may be ahead of this one.
  const lagMs = latestAt === null ? null : Math.max(0, now - latestAt);
  const last = noted.get(cursors);
  const isRecent = last !== undefined && now - last.at < timing.intake.notificationNoted.ms;
  if (isRecent && !isNoteworthy(lagMs, last.lagMs)) return;
  noted.set(cursors, { at: now, lagMs });
  const noting = note(cursors, now, lagMs).catch((error: unknown) => {
    // Of two processes that note it at once one is enough.
    if (!(error instanceof ConcurrencyError))
      logger.warn('The last record of the audit log is not noted', { error });
  });
  await within(noting, timing.intake.noteWait.ms);
}

async function note(cursors: CursorStore, now: number, lagMs: number | null): Promise<void> {
  const row = await cursors.read(auditCursor);
  const isRecent = row.updatedAt !== null && now - row.updatedAt < timing.intake.notificationNoted.ms;
  if (isRecent && !isNoteworthy(lagMs, lagOf(row.value))) return;
  await cursors.commit(auditCursor, row, JSON.stringify(lagMs === null ? {} : { lagMs }));
}
