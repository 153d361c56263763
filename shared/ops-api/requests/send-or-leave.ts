import { ensureError } from '../../kernel/errors';
import type { OpsServices } from '../route';

/**
 * Sends the message of an operation that is stored. A broker that is away is no error any more: the operation will be
 * done, because the timer `observe` sends the message of one that is still queued.
 */
export async function sendOrLeave({ send, logger }: OpsServices, operation: string): Promise<void> {
  try {
    await send(operation);
  } catch (thrown) {
    logger.warn('An operation waits for its message', { operation, error: ensureError(thrown) });
  }
}
