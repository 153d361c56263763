import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { Services } from '../services';
import type { Task } from '../task';

/** The row whose time tells when Graph last called, at most a minute late. */
export const notificationCursor = 'last-notification';

/** Notes that Graph has called with changes of users. Never throws: the users are on their way already. */
export async function noteNotification(
  { cursors, clock }: Pick<Services, 'cursors' | 'clock'>,
  { logger }: Task,
): Promise<void> {
  try {
    const row = await cursors.read(notificationCursor);
    if (row.updatedAt !== null && clock.now() - row.updatedAt < timing.intake.notificationNoted.ms) return;
    await cursors.commit(notificationCursor, row, 'called');
  } catch (error) {
    // Of two processes that note it at once one is enough.
    if (!(error instanceof ConcurrencyError)) logger.warn('The last notification is not noted', { error });
  }
}
