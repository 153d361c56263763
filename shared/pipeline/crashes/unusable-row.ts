import { PermanentError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import { rowClass } from '../../store/ports/stored-rows';
import type { UserRecord, UserStore } from '../../store/ports/user-store';
import type { Services } from '../services';
import type { Task } from '../task';
import { recordFailure } from '../failures/record-failure';

/** What only this user's own row can be the cause of; every other PermanentError concerns others as well. */
const ownCodes: ReadonlySet<string> = new Set([
  'store/unreadable-user',
  'store/unwritable-value',
  'store/value-too-large',
  'store/transaction-too-large',
  'queue/too-large',
]);

function isOfOwnRow(error: unknown): error is PermanentError {
  return error instanceof PermanentError && ownCodes.has(String(error.code));
}

/**
 * Handles one user's message. When the user's row cannot be read, or cannot hold what is to be stored, every delivery
 * would fail alike and hold up the lane meanwhile: the user is a failure at once, and the message is finished.
 */
export async function handleUsableRow(
  services: Pick<Services, 'clock' | 'failures'>,
  task: Task,
  userOf: () => UserId | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const userId = isOfOwnRow(error) ? userOf() : undefined;
    if (!isOfOwnRow(error) || userId === undefined) throw error;
    await recordUnusable(services, task, userId, error);
  }
}

/** A failure that cannot be stored itself must not bring the message back: the log has it. */
async function recordUnusable(
  services: Pick<Services, 'clock' | 'failures'>,
  task: Task,
  userId: UserId,
  { code, message }: PermanentError,
): Promise<void> {
  try {
    await recordFailure(
      services,
      task,
      userId,
      { class: rowClass },
      { code, text: message.slice(0, longestText) },
    );
  } catch (error) {
    if (!isOfOwnRow(error)) throw error;
    task.logger.error('A failure could not be recorded', { userId, error });
  }
}

/** Enough to see what is wrong; what cannot be stored may be as long as a row. */
const longestText = 2_000;

/** For those who go through many users: undefined when this one's row cannot be read. */
export async function readIfUsable(
  users: Pick<UserStore, 'read'>,
  userId: UserId,
): Promise<UserRecord | undefined> {
  try {
    return await users.read(userId);
  } catch (error) {
    if (isOfOwnRow(error)) return undefined;
    throw error;
  }
}
