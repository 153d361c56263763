import { graphErrorClasses } from '../../graph/refusals/graph-error-classes';
import { PermanentError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { fromAttention, fromDeadLetter, fromFailure, fromWaitingUser, seatsClass } from './failure-view';
import type { FailureView } from './failure-view';
import type { FailureState } from '../../words/failure';
import { queueNames } from '../../queue/queues';

/** The most dead letters of a queue that are listed; peeking shows the oldest first. */
export const deadLettersAtMost = 2_000;
/** Of a request that people's pages repeat: the oldest of each queue, one page of peeking. */
export const deadLettersOfRequest = 200;
/** Rows of failures, and of users who wait, that such a request reads. */
const rowsOfRequest = 5_000;

/** Classes that no dead letter has, so that none is peeked for them; `unknown` are also those without a reason. */
const productsOwn: ReadonlySet<string> = new Set([
  seatsClass,
  ...graphErrorClasses.filter((name) => name !== 'unknown'),
]);

/** Outcomes beside which a SKU may wait for a seat. */
const besideWaiting = ['waiting', 'blocked', 'held'];

/** Where users who wait are found: `rows`: each row of the table is read; `index`: may lag behind them by some seconds. */
export type WaitingFrom = 'rows' | 'index';

/** Everything in this state, the latest first, without names. `failureClass`: only of this class. */
export async function collectFailures(
  pipeline: Pick<Services, 'failures' | 'users' | 'attention'>,
  inspector: QueueInspector,
  state: FailureState,
  failureClass?: string,
): Promise<readonly FailureView[]> {
  return (await collectAtMost(pipeline, inspector, { state, class: failureClass, from: 'rows' })).views;
}

/** What a list is made of, and which parts of it are longer than what was read. */
export type CollectedFailures = {
  readonly views: readonly FailureView[];
  readonly cut: readonly ('failures' | 'waiting')[];
};

/** As collectFailures; with `from: 'index'` only so much is read as a request may take. */
export async function collectAtMost(
  pipeline: Pick<Services, 'failures' | 'users' | 'attention'>,
  inspector: QueueInspector,
  wanted: {
    readonly state: FailureState;
    readonly class?: string | undefined;
    readonly from: WaitingFrom;
  },
): Promise<CollectedFailures> {
  const { state, class: only, from } = wanted;
  const isRequest = from === 'index';
  const mostRows = isRequest ? rowsOfRequest : Infinity;
  const views: FailureView[] = [];
  const cut: CollectedFailures['cut'][number][] = [];
  let rows = 0;
  for await (const failure of pipeline.failures.list(state)) {
    if (rows++ >= mostRows) {
      cut.push('failures');
      break;
    }
    views.push(fromFailure(failure));
  }
  if (state === 'open') {
    if (only === undefined || !productsOwn.has(only)) {
      views.push(
        ...(await collectDeadLetters(inspector, isRequest ? deadLettersOfRequest : deadLettersAtMost)),
      );
    }
    if (only === undefined || only === seatsClass) {
      let waiting = 0;
      for await (const view of waitingUsers(pipeline, from)) {
        if (waiting++ >= mostRows) {
          cut.push('waiting');
          break;
        }
        views.push(view);
      }
    }
  }
  return {
    views: views
      .filter((view) => only === undefined || view.class === only)
      .sort((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? '')),
    cut,
  };
}

async function* waitingUsers(
  { users, attention }: Pick<Services, 'users' | 'attention'>,
  from: WaitingFrom,
): AsyncIterable<FailureView> {
  if (from === 'index') {
    for await (const entry of attention.list('waiting')) yield fromAttention(entry);
    return;
  }
  for await (const { userId, state: row } of users.listByOutcome(besideWaiting)) {
    const view = fromWaitingUser(userId, row);
    if (view !== undefined) yield view;
  }
}

/** The dead letters of all queues, at most `most` of each, oldest first. */
export async function collectDeadLetters(
  inspector: QueueInspector,
  most = deadLettersAtMost,
): Promise<readonly FailureView[]> {
  const letters = await Promise.all(
    Object.values(queueNames).map((queue) => inspector.deadLetters(queue, most)),
  );
  return letters.flat().map(fromDeadLetter);
}

/** How many dead letters there are as the broker counts them; null: counting is refused. */
export async function countDeadLetters(inspector: QueueInspector): Promise<number | null> {
  const queues = Object.values(queueNames);
  const counts = await Promise.all(
    queues.map((queue) =>
      inspector.counts(queue).catch((error: unknown) => {
        if (error instanceof PermanentError) return null;
        throw error;
      }),
    ),
  );
  return counts.reduce<number | null>(
    (sum, count) => (sum === null || count === null ? null : sum + (count?.deadLettered ?? 0)),
    0,
  );
}
