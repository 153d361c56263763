import { graphRepairs } from '../../graph/refusals/graph-error-classes';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../services';
import type { Task } from '../task';
import type { Reason } from '../../words/reason';

/** What an operator does about the classes of failure that are the pipeline's own; Graph's are in its table. */
const pipelineRepairs = {
  verify:
    'The license stands. Look at its plans (`licenser user show`); if they stay as they are, report it to Microsoft.',
  crash:
    'Find in the log what ended the process. Once it is fixed, `licenser apply --user` looks at the user again.',
  row:
    'Repair or delete this user’s row in the table `users` (docs/runbook.md), then run `licenser apply --user`. ' +
    'Deleted, it no longer tells what of the user’s licenses the product gave.',
  deadLetter: 'Read the log of the function for this user; then `licenser apply --user` looks at them again.',
  lag: 'What was reported of this user never showed. Run `licenser apply --user`.',
} as const;

/** What an operator does about each class of failure; shown beside it. */
const repairs: ReadonlyMap<string, string> = new Map([...graphRepairs, ...Object.entries(pipelineRepairs)]);

/** What to do about a failure of this class; never empty. */
export function suggestRepair(failureClass: string): string {
  return repairs.get(failureClass) ?? 'Read the reason; run `licenser apply --user` once its cause is gone.';
}

/** Every class of failure that the product records. */
export const failureClasses: readonly string[] = [...repairs.keys(), 'unreadable'];

/**
 * Opens a failure of this user, or counts it again, and logs it.
 * @param error its class, and Graph's request id where there is one
 * @param known what the row tells: the name, so that a list of failures need not read its users, and since when the user has
 *   failed, milliseconds
 */
export async function recordFailure(
  services: Pick<Services, 'failures' | 'clock'>,
  task: Task,
  userId: UserId,
  error: { readonly class: string; readonly requestId?: string | undefined },
  reason: Reason,
  known: { readonly userPrincipalName?: string | null; readonly since?: number | undefined } = {},
): Promise<void> {
  const { userPrincipalName = null, since } = known;
  task.logger.error('User could not be licensed', { userId, class: error.class, reason: reason.text });
  await services.failures.record(
    {
      subject: userId,
      class: error.class,
      reason,
      suggestedRepair: suggestRepair(error.class),
      facts: error.requestId === undefined ? {} : { requestId: error.requestId },
      ...(userPrincipalName === null ? {} : { userPrincipalName }),
    },
    services.clock.now(),
    since,
  );
}
