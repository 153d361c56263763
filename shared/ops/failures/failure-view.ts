import { isoTime } from '../../kernel/clock';
import { readHint, readOperation } from '../../queue/messages';
import { isGuid } from '../../kernel/ids';
import type { DeadLetter } from '../../queue/queue-inspector';
import type { Failure, FailureState } from '../../words/failure';
import type { Attention } from '../../store/ports/ops/attention';
import { stoodSince } from '../../pipeline/row/standing/stood-since';
import type { UserState } from '../../words/user-state';

/**
 * Work that the product gave up on (`failure`), that Service Bus put aside (`deadLetter`), or that waits for an operator to
 * buy seats (`waiting`): the last is no failure, but an operator may fix it and replay it like one.
 */
export type FailureView = {
  readonly kind: 'failure' | 'deadLetter' | 'waiting';
  readonly class: string;
  readonly state: FailureState;
  /** A user id; `message:<id>` where the message does not tell of whom it is; `row:<table>/<partition>/<row>`. */
  readonly subject: string;
  readonly userId: string | null;
  readonly userPrincipalName: string | null;
  readonly reason: string;
  readonly repair: string;
  /** ISO 8601; of a dead letter: when it was enqueued; of a waiting user: since when. */
  readonly lastAt: string | null;
  readonly count: number;
  /** Who dismissed or replayed it. */
  readonly settledBy: { readonly by: string; readonly why: string | null; readonly at: string } | null;
  /** Of a dead letter. */
  readonly queue?: string;
  readonly messageId?: string;
};

/** The class under which users stand who wait for a seat. */
export const seatsClass = 'seats';
/** What to do about them. */
export const buySeats =
  'Buy or free seats (licenser sku list), then `licenser failure replay --class seats`.';

/** A stored failure for people; a name that it does not hold is not read here. */
export function fromFailure(failure: Failure): FailureView {
  const { subject, settledBy } = failure;
  return {
    kind: 'failure',
    class: failure.class,
    state: failure.state,
    subject,
    userId: isOfNoUser(subject) ? null : subject,
    userPrincipalName: failure.userPrincipalName ?? null,
    reason: failure.reason.text,
    repair: failure.suggestedRepair,
    lastAt: isoTime(failure.lastAt),
    count: failure.count,
    settledBy: settledBy === undefined ? null : { ...settledBy, at: isoTime(settledBy.at) },
  };
}

/** What to do about a dead letter. */
export const repairOfLetter = 'Find why handling it crashed (the app’s log), then `licenser failure replay`.';

/** The class under which a dead letter stands: the broker's word. */
export function classOfLetter({ reason }: Pick<DeadLetter, 'reason'>): string {
  return reason === '' ? 'unknown' : reason;
}

/** A message that Service Bus put aside, for people. */
export function fromDeadLetter(letter: DeadLetter): FailureView {
  const userId = userOf(letter.body);
  return {
    kind: 'deadLetter',
    class: classOfLetter(letter),
    state: 'open',
    subject: userId ?? `message:${letter.messageId}`,
    userId,
    userPrincipalName: null,
    reason: letter.description === '' ? 'Service Bus put the message aside.' : letter.description,
    repair: repairOfLetter,
    lastAt: letter.enqueuedAt === null ? null : isoTime(letter.enqueuedAt),
    count: letter.deliveryCount,
    settledBy: null,
    queue: letter.queue,
    messageId: letter.messageId,
  };
}

/** undefined: the user does not wait for a seat. */
export function fromWaitingUser(userId: string, state: UserState): FailureView | undefined {
  const reason =
    state.skus.find(({ outcome }) => outcome === 'waiting')?.reason ??
    (state.outcome === 'waiting' ? state.reasons[0] : undefined);
  if (reason === undefined) return undefined;
  return {
    ...waitingView,
    subject: userId,
    userId,
    userPrincipalName: state.userPrincipalName,
    reason: reason.text,
    lastAt: isoTime(stoodSince(state, 'waiting')),
    count: Math.max(1, state.retry?.attempts ?? 1),
  };
}

/** A user who waits for a seat, as the index has them. */
export function fromAttention({ userId, userPrincipalName, since, reason }: Attention): FailureView {
  return {
    ...waitingView,
    subject: userId,
    userId,
    userPrincipalName,
    reason: reason?.text ?? 'waits for a seat',
    lastAt: isoTime(since),
    count: 1,
  };
}

const waitingView = {
  kind: 'waiting',
  class: seatsClass,
  state: 'open',
  repair: buySeats,
  settledBy: null,
} as const;

/** True for what is about no user: a message that could not be read, or a row. */
export function isOfNoUser(subject: string): boolean {
  return !isGuid(subject);
}

/** True for the name of a subject that is no user: `message:<id>`, `row:<table>/<partition>/<row>`. */
export function namesNoUser(text: string): boolean {
  return text.startsWith('message:') || text.startsWith('row:');
}

/** The user that one of our messages is about; null: it does not tell. */
export function userOf(body: unknown): string | null {
  const hint = readHint(body);
  if (hint.kind === 'message') return hint.message.hint.user.id;
  const operation = readOperation(body);
  return operation.kind === 'message' ? operation.message.operation.user.id : null;
}
