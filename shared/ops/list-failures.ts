import { isoTime } from '../kernel/clock';
import type { Pipeline } from '../pipeline/dependencies';
import { queueNames, readHint, readOperation } from '../queue/messages';
import type { DeadLetter, QueueInspector } from '../queue/queue-inspector';

/** Work that was given up on by us (`failure`), or put aside by Service Bus (`deadLetter`). */
export type FailureView = {
  readonly kind: 'failure' | 'deadLetter';
  readonly class: string;
  /** null: the message does not tell. */
  readonly userId: string | null;
  readonly userPrincipalName: string | null;
  readonly reason: string;
  readonly repair: string;
  /** ISO 8601; of a dead letter: when it was enqueued. */
  readonly lastAt: string | null;
  readonly count: number;
  /** Of a dead letter. */
  readonly queue?: string;
  readonly messageId?: string;
};

const deadLettersAtMost = 500;

/** Open failures and dead letters in one list, the latest first. */
export async function listFailures(
  { failures, users }: Pick<Pipeline, 'failures' | 'users'>,
  inspector: QueueInspector,
): Promise<readonly FailureView[]> {
  const views: FailureView[] = [];
  for await (const failure of failures.list('open')) {
    views.push({
      kind: 'failure',
      class: failure.class,
      userId: failure.subject.startsWith('message:') ? null : failure.subject,
      userPrincipalName: null,
      reason: failure.reason.text,
      repair: failure.suggestedRepair,
      lastAt: isoTime(failure.lastAt),
      count: failure.count,
    });
  }
  for (const queue of Object.values(queueNames)) {
    views.push(...(await inspector.deadLetters(queue, deadLettersAtMost)).map(fromDeadLetter));
  }
  const names = await namesOf(
    users,
    views.map(({ userId }) => userId),
  );
  return views
    .map((view) => ({ ...view, userPrincipalName: names.get(view.userId) ?? null }))
    .sort((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? ''));
}

function fromDeadLetter(letter: DeadLetter): FailureView {
  return {
    kind: 'deadLetter',
    class: letter.reason === '' ? 'unknown' : letter.reason,
    userId: userOf(letter.body),
    userPrincipalName: null,
    reason: letter.description === '' ? 'Service Bus put the message aside.' : letter.description,
    repair: 'Find why handling it crashed (the app’s log), then run `licenser apply --user` for its user.',
    lastAt: letter.enqueuedAt === null ? null : isoTime(letter.enqueuedAt),
    count: letter.deliveryCount,
    queue: letter.queue,
    messageId: letter.messageId,
  };
}

function userOf(body: unknown): string | null {
  const hint = readHint(body);
  if (hint.kind === 'message') return hint.message.hint.user.id;
  const operation = readOperation(body);
  return operation.kind === 'message' ? operation.message.operation.user.id : null;
}

/** The names that the tables have; only asked for when there is something to name. */
async function namesOf(
  users: Pipeline['users'],
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, string | null>> {
  const wanted = new Set(ids.filter((id) => id !== null));
  const names = new Map<string | null, string | null>();
  if (wanted.size === 0) return names;
  for await (const { userId, state } of users.list()) {
    if (wanted.has(userId)) names.set(userId, state.userPrincipalName);
  }
  return names;
}
