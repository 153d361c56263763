import { isoTime } from '../../kernel/clock';
import { toUserId } from '../../kernel/ids';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { Services } from '../../pipeline/services';
import type { LookServices } from '../../pipeline/look/look-at-user';
import type { QueueInspector } from '../../queue/queue-inspector';
import { UserError } from '../../kernel/errors';
import { identityOnly, unknownUser } from '../users/find-user';
import type { UserHistory } from '../users/user-history';
import { whatIsNext } from '../users/what-is-next';
import type { TimelineEntry } from '../../words/timeline';
import type { NextStep } from '../users/what-is-next';
import { wouldDecide } from '../users/would-decide';
import type { WouldDecide } from '../users/would-decide';
import { collectDeadLetters, deadLettersAtMost, deadLettersOfRequest } from './collect-failures';
import { isOfNoUser } from './failure-view';
import type { FailureView } from './failure-view';
import { failuresOf, resolveSubject } from './select-failures';

/** A subject's whole story: what was given up on, what happened before, and what deciding would do now. */
export type FailureStory = {
  readonly subject: string;
  readonly userPrincipalName: string | null;
  readonly failures: readonly FailureView[];
  /** Of a user; null: none yet, or no user. */
  readonly outcome: string | null;
  readonly next: NextStep | null;
  /** The latest, oldest first. */
  readonly timeline: readonly Omit<UserHistory['entries'][number], 'by' | 'approvedBy'>[];
  /** null: the message does not tell of whom it is. */
  readonly now: WouldDecide | null;
};

const entriesAtMost = 20;
/** Of whom nothing is known. */
const unknown = { userPrincipalName: null, outcome: null, next: null, now: null };

function toEntries(timeline: readonly TimelineEntry[]): FailureStory['timeline'] {
  return timeline
    .slice(-entriesAtMost)
    .map(({ at, version, step, text, facts }) => ({ at: isoTime(at), version, step, text, facts }));
}

/** Reads only. @throws UserError `ops/unknown-user`, `ops/unknown-message` */
export async function showFailure(
  pipeline: LookServices & Pick<Services, 'failures' | 'users'>,
  inspector: QueueInspector,
  named: string,
): Promise<FailureStory> {
  const subject = await resolveSubject(pipeline, named);
  // Of a message itself: all that are ever listed. Beside a user's story: what a request may look at.
  const most = isOfNoUser(subject) ? deadLettersAtMost : deadLettersOfRequest;
  const failures = await failuresOf(pipeline, await collectDeadLetters(inspector, most), subject);
  if (isOfNoUser(subject)) {
    if (failures.length === 0) {
      throw new UserError('ops/unknown-message', `No failure is known of ${named}`, {
        hint: '`licenser failure list` shows what there is.',
      });
    }
    return { ...unknown, subject, failures, timeline: [] };
  }
  const record = await readIfUsable(pipeline.users, toUserId(subject));
  // What the user's row says is what cannot be read: the failures say so.
  if (record === undefined) {
    const timeline = await pipeline.users.timeline(toUserId(subject));
    return { ...unknown, subject, failures, timeline: toEntries(timeline) };
  }
  if (record.state === null && failures.length === 0) {
    const found = await pipeline.directory.findUser(subject, identityOnly);
    if (found === undefined) throw unknownUser(named);
  }
  const timeline = await pipeline.users.timeline(record.userId);
  return {
    subject,
    userPrincipalName: record.state?.userPrincipalName ?? null,
    failures,
    outcome: record.state?.outcome ?? null,
    next: whatIsNext(record.state),
    timeline: toEntries(timeline),
    now: await wouldDecide(pipeline, record),
  };
}
