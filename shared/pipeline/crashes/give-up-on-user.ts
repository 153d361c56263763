import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import { advance } from '../perform';
import type { PerformServices } from '../perform';
import type { Task } from '../task';

/**
 * A failure, in the user's row too: what was asked for is not done, and a later license settles it.
 * @param isDone the row says so already
 */
export async function giveUpOnUser(
  services: PerformServices,
  task: Task,
  userId: UserId,
  failureClass: string,
  reason: Reason,
  isDone: (state: UserState | null) => boolean = () => false,
): Promise<void> {
  for (;;) {
    const record = await services.users.read(userId);
    if (isDone(record.state)) return;
    try {
      await advance(services, task, record, { kind: 'gaveUp', class: failureClass, reason });
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}
