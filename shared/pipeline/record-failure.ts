import type { UserId } from '../kernel/ids';
import type { StoredReason, UserRecord } from '../store/ports';
import type { Pipeline } from './dependencies';

/** What an operator does about each class of failure; shown beside it. */
const repairs: Readonly<Record<string, string>> = {
  permission:
    'Grant the app its Graph permissions (docs/permissions.md). It tries again by itself every few minutes.',
  configuration: 'Mend the policy: it names a SKU or plan that this tenant cannot assign.',
  badRequest: 'A fault of the product: report it with the Graph request id.',
  unknown: 'Read what Graph said; when the cause is gone, run `licenser apply --user`.',
  usageLocation:
    'Check the usage location in Entra; Graph kept refusing it. Then run `licenser apply --user`.',
  crash:
    'Find in the log what ended the process. Once it is mended, `licenser apply --user` looks at the user again.',
  unavailable: 'Graph was not reachable for long. Run `licenser apply --user` once it is.',
};

/** Every class of failure that the product records. */
export const failureClasses = [...Object.keys(repairs), 'unreadable', 'deadLetter'] as const;

export async function recordFailure(
  pipeline: Pipeline,
  userId: UserId,
  error: { readonly class: string; readonly requestId?: string | undefined },
  reason: StoredReason,
): Promise<void> {
  pipeline.logger.error('User could not be licensed', { userId, class: error.class, reason: reason.text });
  await pipeline.failures.record(
    {
      subject: userId,
      class: error.class,
      reason,
      suggestedRepair: repairs[error.class] ?? 'Run `licenser apply --user` once the cause is gone.',
      facts: error.requestId === undefined ? {} : { requestId: error.requestId },
    },
    pipeline.clock.now(),
  );
}

/** The user has an outcome again: what was open about them is settled. Before the row's commit, so none stays open. */
export async function settleFailures(pipeline: Pipeline, record: UserRecord): Promise<void> {
  const state = record.state;
  if (state === null || (state.outcome !== 'failed' && state.retry === null)) return;
  await pipeline.failures.settle(record.userId, pipeline.clock.now());
}
