import { graphErrorClasses } from '../../graph/refusals/graph-error-classes';
import { PermanentError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';
import type { DeadLetter, QueueInspector } from '../../queue/queue-inspector';
import { fromDeadLetter, fromFailure, fromWaitingUser, seatsClass } from './failure-view';
import type { FailureView } from './failure-view';
import type { FailureState } from '../../words/failure';
import { queueNames } from '../../queue/queues';
import type { QueueName } from '../../queue/queues';

/** The most dead letters of a queue that are listed; peeking shows the oldest first. */
export const deadLettersAtMost = 2_000;
/** Of a request that people's pages repeat: the oldest of each queue, one page of peeking. */
export const deadLettersOfRequest = 200;

/** Classes that no dead letter has, so that none is peeked for them; `unknown` are also those without a reason. */
export const productsOwn: ReadonlySet<string> = new Set([
  seatsClass,
  ...graphErrorClasses.filter((name) => name !== 'unknown'),
]);

/** Outcomes beside which a SKU may wait for a seat. */
const besideWaiting = ['waiting', 'blocked', 'held'];

/** Everything in this state, the latest first, without names: reads each row. `failureClass`: only of this class. */
export async function collectFailures(
  { failures, users }: Pick<Services, 'failures' | 'users'>,
  inspector: QueueInspector,
  state: FailureState,
  failureClass?: string,
): Promise<readonly FailureView[]> {
  const views: FailureView[] = [];
  for await (const failure of failures.list(state)) views.push(fromFailure(failure));
  if (state === 'open') {
    if (failureClass === undefined || !productsOwn.has(failureClass))
      views.push(...(await collectDeadLetters(inspector)));
    if (failureClass === undefined || failureClass === seatsClass) {
      for await (const { userId, state: row } of users.listByOutcome(besideWaiting)) {
        const view = fromWaitingUser(userId, row);
        if (view !== undefined) views.push(view);
      }
    }
  }
  return views
    .filter((view) => failureClass === undefined || view.class === failureClass)
    .sort((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? ''));
}

/** The dead letters of all queues, at most `most` of each, oldest first. */
export async function collectDeadLetters(
  inspector: QueueInspector,
  most = deadLettersAtMost,
): Promise<readonly FailureView[]> {
  return (await peekDeadLetters(inspector, most)).map(fromDeadLetter);
}

/** The same, as the broker has them. */
export async function peekDeadLetters(
  inspector: QueueInspector,
  most: number,
  queues: readonly QueueName[] = Object.values(queueNames),
): Promise<readonly DeadLetter[]> {
  return (await Promise.all(queues.map((queue) => inspector.deadLetters(queue, most)))).flat();
}

/** How many dead letters there are as the broker counts them; null: counting is refused. */
export async function countDeadLetters(inspector: QueueInspector): Promise<number | null> {
  return sumOf(await countEachQueue(inspector));
}

/** Dead letters of a queue; null: counting is refused. */
export type DeadCount = { readonly queue: QueueName; readonly dead: number | null };

/** How many dead letters each queue has. @throws TransientError `queue/unreachable` */
export function countEachQueue(inspector: QueueInspector): Promise<readonly DeadCount[]> {
  return Promise.all(
    Object.values(queueNames).map(async (queue) => {
      const counts = await inspector.counts(queue).catch((error: unknown) => {
        if (error instanceof PermanentError) return null;
        throw error;
      });
      return { queue, dead: counts === null ? null : (counts?.deadLettered ?? 0) };
    }),
  );
}

/** null: counting is refused for one of them. */
export function sumOf(counts: readonly DeadCount[]): number | null {
  return counts.reduce<number | null>(
    (sum, { dead }) => (sum === null || dead === null ? null : sum + dead),
    0,
  );
}
