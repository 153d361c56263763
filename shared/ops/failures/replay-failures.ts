import { UserError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { askedBy, recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { openRollout } from '../rollouts/open-rollout';
import { toMember } from '../rollouts/plan-members';
import { collectFailures, deadLettersAtMost } from './collect-failures';
import { seatsClass } from './failure-view';
import type { FailureView } from './failure-view';
import { selectFailures } from './select-failures';
import type { FailureSelection } from './select-failures';
import { lookHint } from '../../queue/look-hint';
import type { Failure } from '../../words/failure';
import { queueNames } from '../../queue/queues';

/** More users than this are fed in portions, by a rollout that can be paused and cancelled. */
const atOnce = 50;

export type Replayed = {
  /** Users who are looked at again because of this. */
  readonly users: readonly string[];
  /** The rollout that feeds them, null: all are queued already. */
  readonly rollout: string | null;
  /** Messages taken back from Service Bus. */
  readonly deadLetters: number;
  /** Users whom an earlier replay is still feeding: nothing was done again. */
  readonly underWay: readonly string[];
  /** Replayed or settled before, with nothing open any more. */
  readonly already: readonly {
    readonly subject: string;
    readonly at: string | null;
    readonly by: string | null;
  }[];
  /** Messages that do not tell of whom they are: they can only be dismissed. */
  readonly withoutUser: readonly string[];
};

/**
 * Looks again at the users of these failures: each is decided anew by what is true now, and nothing that failed is
 * sent again as it was. Doing it twice only looks twice.
 * @throws UserError `ops/unknown-user`, `ops/no-failure`, `ops/unknown-class`
 */
export async function replayFailures(
  pipeline: Pick<
    Services,
    | 'attention'
    | 'audit'
    | 'clock'
    | 'deadLetters'
    | 'directory'
    | 'failures'
    | 'newId'
    | 'policies'
    | 'policy'
    | 'queues'
    | 'rollouts'
    | 'users'
  >,
  inspector: QueueInspector,
  selection: FailureSelection,
  operator: Operator,
): Promise<Replayed> {
  const selected = await selectOrExplain(pipeline, inspector, selection);
  // A user who is named is looked at again also when the failure was dismissed.
  const current = selected.filter(({ state }) => state !== 'replayed');
  const wanted = new Set(current.flatMap(({ userId }) => (userId === null ? [] : [toUserId(userId)])));
  const fed = await findFed(pipeline);
  const users = [...wanted].filter((userId) => !fed.has(userId));
  const seen = await readFailures(pipeline, current);

  const rollout = users.length > atOnce ? await feed(pipeline, users, selection, operator) : null;
  if (rollout === null) await sendHints(pipeline, users);
  const settlement = { by: operator.by, why: operator.why, at: pipeline.clock.now() };
  // After the hints: a crash in between leaves them open, and one that fails again meanwhile stays open.
  for (const failure of seen) {
    if (users.some((userId) => userId === failure.subject))
      await pipeline.failures.markReplayed(failure, settlement);
  }
  const deadLetters = await takeBack(pipeline, current);
  const replayed: Replayed = {
    users,
    rollout,
    deadLetters,
    underWay: [...wanted].filter((userId) => fed.has(userId)),
    already: findSettled(selected, current),
    withoutUser: [...new Set(current.filter(({ userId }) => userId === null).map(({ subject }) => subject))],
  };
  if (users.length > 0 || deadLetters > 0) {
    await recordAction(pipeline, operator, 'failure/replay', nameOf(selection), {
      users: users.length,
      rollout,
      deadLetters,
    });
  }
  return replayed;
}

/** Where nothing is open, what was replayed before: an operator who repeats it sees that. */
async function selectOrExplain(
  pipeline: Pick<Services, 'attention' | 'directory' | 'failures' | 'users'>,
  inspector: QueueInspector,
  selection: FailureSelection,
): Promise<readonly FailureView[]> {
  const selected = await selectFailures(pipeline, inspector, selection, 'open');
  if (selected.length > 0 || selection.kind === 'subjects') return selected;
  const before = await selectFailures(pipeline, inspector, selection, 'replayed');
  if (before.length > 0 || selection.kind === 'all' || selection.class === seatsClass) return before;
  const others = await collectFailures(pipeline, inspector, 'open');
  const open = [...new Set(others.map((view) => view.class))].sort();
  throw new UserError('ops/unknown-class', `There never was a failure of class ${selection.class}`, {
    hint:
      open.length === 0
        ? 'Nothing is open at all.'
        : `Open are: ${open.join(', ')}. See \`licenser failure list\`.`,
  });
}

async function feed(
  pipeline: Pick<Services, 'clock' | 'newId' | 'policies' | 'policy' | 'rollouts'>,
  users: readonly UserId[],
  selection: FailureSelection,
  operator: Operator,
): Promise<string | null> {
  const opened = await openRollout(
    pipeline,
    {
      kind: 'replay',
      // Everybody keeps the policy that is theirs; the rollout only names the one in force.
      policyHash: (await pipeline.policy.active()).policy.hash,
      planStateHash: null,
      approvalReasons: [],
      ...askedBy(operator),
      why: operator.why ?? `replay ${nameOf(selection)}`,
    },
    users.map((userId) => toMember(userId, null)),
  );
  return opened?.id ?? null;
}

async function sendHints(
  { queues, clock }: Pick<Services, 'clock' | 'queues'>,
  users: readonly UserId[],
): Promise<void> {
  if (users.length === 0) return;
  const seenAt = clock.now();
  await queues.sendHints(users.map((id) => lookHint(id, 'operator', seenAt)));
}

/** Users whom a replay that has not ended will come to, or has just sent for. */
async function findFed({ rollouts }: Pick<Services, 'rollouts'>): Promise<ReadonlySet<UserId>> {
  const fed = new Set<UserId>();
  for (const { id, kind, state } of await rollouts.list()) {
    if (kind !== 'replay' || (state !== 'running' && state !== 'paused')) continue;
    for (const waiting of ['pending', 'queued'] as const) {
      for await (const { userId } of rollouts.members(id, waiting)) fed.add(userId);
    }
  }
  return fed;
}

/** As they are stored, to be marked only while they stay so. */
async function readFailures(
  { failures }: Pick<Services, 'failures'>,
  views: readonly FailureView[],
): Promise<readonly Failure[]> {
  const found: Failure[] = [];
  const wanted = views.filter(({ kind, userId }) => kind === 'failure' && userId !== null);
  for (const subject of new Set(wanted.map((view) => view.subject))) {
    const classes = new Set(wanted.filter((view) => view.subject === subject).map((view) => view.class));
    found.push(...(await failures.ofSubject(subject)).filter((failure) => classes.has(failure.class)));
  }
  return found;
}

/**
 * Their users are on their way already, so the messages have served. The walk ends with the last of them: each message
 * that it passes is locked until then, and given back.
 */
async function takeBack(
  pipeline: Pick<Services, 'deadLetters'>,
  current: readonly FailureView[],
): Promise<number> {
  const letters = current.filter(({ kind, userId }) => kind === 'deadLetter' && userId !== null);
  let taken = 0;
  for (const queue of Object.values(queueNames)) {
    const own = letters.filter((letter) => letter.queue === queue);
    const ids = new Set(own.map(({ messageId }) => messageId));
    let left = own.length;
    if (left === 0) continue;
    taken += await pipeline.deadLetters.drain(queue, deadLettersAtMost, async ({ messageId }) => {
      if (!ids.has(messageId)) return 'leave';
      left -= 1;
      return left === 0 ? 'last' : undefined;
    });
  }
  return taken;
}

function findSettled(selected: readonly FailureView[], current: readonly FailureView[]): Replayed['already'] {
  const open = new Set(current.map(({ subject }) => subject));
  return selected
    .filter(({ subject, state }) => state === 'replayed' && !open.has(subject))
    .map(({ subject, settledBy, lastAt }) => ({
      subject,
      at: settledBy?.at ?? lastAt,
      by: settledBy?.by ?? null,
    }));
}

function nameOf(selection: FailureSelection): string {
  if (selection.kind === 'all') return 'all';
  if (selection.kind === 'class') return `class ${selection.class}`;
  const [first = '', ...rest] = selection.subjects;
  return rest.length === 0 ? first : `${first} and ${String(rest.length)} more`;
}
