import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';
import type { Services } from '../services';
import type { Task } from '../task';

/** The row whose time tells when Graph last called, at most two minutes late. */
export const notificationCursor = 'last-notification';

/** When this process last looked after it, by store: most calls of Graph's then cost no table. Nothing depends on it. */
const notedAt = new WeakMap<object, number>();

/**
 * Notes that Graph has called with changes. Never throws, and is waited for `timing.intake.noteWait` at most: the users are
 * on their way already, and Graph waits for its answer.
 */
export async function noteNotification(
  { cursors, clock }: Pick<Services, 'cursors' | 'clock'>,
  { logger }: Task,
): Promise<void> {
  const now = clock.now();
  if (now - (notedAt.get(cursors) ?? -Infinity) < timing.intake.notificationNoted.ms) return;
  notedAt.set(cursors, now);
  const noting = note(cursors, now).catch((error: unknown) => {
    // Of two processes that note it at once one is enough.
    if (!(error instanceof ConcurrencyError)) logger.warn('The last notification is not noted', { error });
  });
  await within(noting, timing.intake.noteWait.ms);
}

async function note(cursors: Services['cursors'], now: number): Promise<void> {
  const row = await cursors.read(notificationCursor);
  if (row.updatedAt !== null && now - row.updatedAt < timing.intake.notificationNoted.ms) return;
  await cursors.commit(notificationCursor, row, 'called');
}
