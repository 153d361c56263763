import { PermanentError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { UserRecord, UserStore } from '../../store/ports';
import type { Pipeline } from '../dependencies';
import { recordFailure } from '../record-failure';

/** What only this user's own row can be the cause of; every other PermanentError concerns others as well. */
const ownCodes: ReadonlySet<string> = new Set([
  'store/unreadable-user',
  'store/value-too-large',
  'store/transaction-too-large',
  'queue/too-large',
]);

/**
 * Handles one user's message. When the user's row cannot be read, or cannot hold what is to be stored, every delivery
 * would fail alike and hold up the lane meanwhile: the user is a failure at once, and the message is finished.
 */
export async function handleUsableRow(
  pipeline: Pipeline,
  userOf: () => UserId | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const own: PermanentError | undefined = error instanceof PermanentError ? error : undefined;
    const userId = own !== undefined && ownCodes.has(own.code) ? userOf() : undefined;
    if (own === undefined || userId === undefined) throw error;
    await recordFailure(pipeline, userId, { class: 'row' }, { code: own.code, text: own.message });
  }
}

/** For those who go through many users: undefined when this one's row cannot be read. */
export async function readIfUsable(
  users: Pick<UserStore, 'read'>,
  userId: UserId,
): Promise<UserRecord | undefined> {
  try {
    return await users.read(userId);
  } catch (error) {
    const code: string = error instanceof PermanentError ? String(error.code) : '';
    if (ownCodes.has(code)) return undefined;
    throw error;
  }
}
