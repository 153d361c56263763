import { ensureError } from '../../kernel/errors';
import type { Task } from '../task';
import { walkGroupDelta } from './groups/walk-group-delta';
import { walkDelta } from './walk-delta';

/**
 * The handler of the `users-delta` timer: changes of users, and of the groups that policies name. Neither waits for the
 * other, nor fails with it.
 * @throws GraphError, ConcurrencyError, UserError
 */
export async function followChanges(
  services: Parameters<typeof walkDelta>[0] & Parameters<typeof walkGroupDelta>[0],
  task: Task,
): Promise<void> {
  const rounds = await Promise.allSettled([walkDelta(services, task), walkGroupDelta(services, task)]);
  const failures = rounds.flatMap((round) =>
    round.status === 'rejected' ? [ensureError(round.reason)] : [],
  );
  const [first, second] = failures;
  if (second !== undefined && second.message !== first?.message)
    task.logger.warn('Following changes of groups failed too', { error: second });
  if (first !== undefined) throw first;
}
