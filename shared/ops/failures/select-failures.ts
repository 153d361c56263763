import { UserError } from '../../kernel/errors';
import { mapConcurrently } from '../../kernel/concurrently';
import { isGuid, toUserId } from '../../kernel/ids';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { identityOnly, unknownUser } from '../users/find-user';
import {
  collectDeadLetters,
  collectFailures,
  deadLettersAtMost,
  deadLettersOfRequest,
} from './collect-failures';
import { fromFailure, fromWaitingUser, isOfNoUser, namesNoUser } from './failure-view';
import type { FailureView } from './failure-view';
import type { FailureState } from '../../words/failure';

/** Subjects whose rows are read at a time. */
const readAtOnce = 8;

/** `seenAt`, milliseconds: only what was there when the person looked; what came or came again later stays. */
export type FailureSelection =
  /** User ids, userPrincipalNames, `message:<id>` or `row:<table>/<partition>/<row>`. */
  | { readonly kind: 'subjects'; readonly subjects: readonly string[] }
  | { readonly kind: 'class'; readonly class: string; readonly seenAt?: number }
  | { readonly kind: 'all'; readonly seenAt?: number };

/**
 * What a selection means. Of a class or of all: what is in this state. Of a subject: everything, in any state.
 * @throws UserError `ops/unknown-user`, `ops/no-failure`
 */
export async function selectFailures(
  pipeline: Pick<Services, 'failures' | 'users' | 'attention' | 'directory'>,
  inspector: QueueInspector,
  selection: FailureSelection,
  state: FailureState,
  /** A preview only asks whose failures these are: dead letters are peeked at as far as that takes. */
  purpose: 'preview' | 'action' = 'action',
): Promise<readonly FailureView[]> {
  if (selection.kind !== 'subjects') {
    const found = await collectFailures(
      pipeline,
      inspector,
      state,
      selection.kind === 'class' ? selection.class : undefined,
    );
    const { seenAt } = selection;
    if (seenAt === undefined) return found;
    return found.filter(({ lastAt }) => lastAt === null || Date.parse(lastAt) <= seenAt);
  }
  const named = await mapConcurrently([...new Set(selection.subjects)], readAtOnce, async (name) => ({
    name,
    subject: await resolveSubject(pipeline, name),
  }));
  const lookAmong = async (most: number) => {
    const letters = await collectDeadLetters(inspector, most);
    const found = await mapConcurrently(named, readAtOnce, ({ subject }) =>
      failuresOf(pipeline, letters, subject),
    );
    return { found, lacking: named[found.findIndex((own) => own.length === 0)] };
  };
  let looked = await lookAmong(purpose === 'preview' ? deadLettersOfRequest : deadLettersAtMost);
  if (purpose === 'preview' && looked.lacking !== undefined) looked = await lookAmong(deadLettersAtMost);
  if (looked.lacking !== undefined) throw noFailure(looked.lacking.name, looked.lacking.subject);
  return looked.found.flat();
}

/** All failures of one subject in any state, its dead letters, and the seat it waits for. */
export async function failuresOf(
  { failures, users }: Pick<Services, 'failures' | 'users'>,
  letters: readonly FailureView[],
  subject: string,
): Promise<readonly FailureView[]> {
  // A row that cannot be read has a failure of its own, which is what is asked for here.
  const record = isOfNoUser(subject) ? undefined : await readIfUsable(users, toUserId(subject));
  const state = record?.state ?? null;
  const waiting = state === null ? undefined : fromWaitingUser(subject, state);
  return [
    ...(await failures.ofSubject(subject)).map(fromFailure),
    ...letters.filter((letter) => letter.subject === subject),
    ...(waiting === undefined ? [] : [waiting]),
  ].map((view) => ({
    ...view,
    userPrincipalName: view.userPrincipalName ?? state?.userPrincipalName ?? null,
  }));
}

/** @throws UserError `ops/unknown-user` */
export async function resolveSubject(
  { directory }: Pick<Services, 'directory'>,
  named: string,
): Promise<string> {
  if (namesNoUser(named)) return named;
  if (isGuid(named)) return toUserId(named);
  const found = await directory.findUser(named, identityOnly);
  if (found === undefined) throw unknownUser(named);
  return found.user.id;
}

function noFailure(named: string, subject: string): UserError {
  return new UserError('ops/no-failure', `Nothing was ever given up on for ${named}`, {
    hint: isOfNoUser(subject)
      ? '`licenser failure list` shows what there is.'
      : `\`licenser failure list\` shows what there is; \`licenser apply --user ${named}\` looks at any user again.`,
  });
}
