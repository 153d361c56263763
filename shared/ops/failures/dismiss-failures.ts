import { UserError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import type { FailureView } from './failure-view';
import { selectFailures } from './select-failures';
import type { FailureSelection } from './select-failures';

/** What finding failures and recording who settled them uses. */
type DismissServices = Pick<Services, 'attention' | 'audit' | 'clock' | 'directory' | 'failures' | 'users'>;

export type Dismissed = {
  readonly changed: readonly { readonly subject: string; readonly class: string }[];
  /** What cannot be dismissed: dead letters, and users who wait for a seat. */
  readonly left: readonly { readonly subject: string; readonly class: string; readonly why: string }[];
};

/**
 * Takes failures off the list for a day: a user who fails again later is listed again, and the list goes on saying how
 * many are dismissed.
 * @throws UserError `ops/unknown-user`, `ops/no-failure`, `ops/not-dismissible`
 */
export async function dismissFailures(
  pipeline: DismissServices,
  inspector: QueueInspector,
  selection: FailureSelection,
  operator: Operator & { readonly why: string },
): Promise<Dismissed> {
  const selected = await selectFailures(pipeline, inspector, selection, 'open');
  const open = selected.filter(({ state }) => state === 'open');
  const left = open.flatMap((view) => {
    const why = whyNot(view);
    return why === null ? [] : [{ subject: view.subject, class: view.class, why }];
  });
  const settlement = { by: operator.by, why: operator.why, at: pipeline.clock.now() };
  const changed: FailureView[] = [];
  for (const view of open) {
    if (view.kind === 'failure' && (await pipeline.failures.dismiss(view, settlement))) changed.push(view);
  }
  if (changed.length === 0 && left[0] !== undefined) {
    throw new UserError('ops/not-dismissible', left[0].why, {
      hint: '`licenser failure replay` looks at the users again.',
    });
  }
  return report(pipeline, operator, 'failure/dismiss', changed, left);
}

/** Puts what was dismissed, or replayed, on the list again. @throws UserError `ops/unknown-user`, `ops/no-failure` */
export async function restoreFailures(
  pipeline: DismissServices,
  inspector: QueueInspector,
  selection: FailureSelection,
  operator: Operator,
): Promise<Dismissed> {
  const selected = await selectFailures(pipeline, inspector, selection, 'dismissed');
  const changed: FailureView[] = [];
  for (const view of selected) {
    if (view.kind === 'failure' && (await pipeline.failures.restore(view))) changed.push(view);
  }
  return report(pipeline, operator, 'failure/restore', changed, []);
}

function whyNot({ kind, messageId, subject }: FailureView): string | null {
  if (kind === 'deadLetter') {
    return `Message ${messageId ?? ''} is with Service Bus: it is taken back, not dismissed`;
  }
  return kind === 'waiting' ? `${subject} waits for a seat, which is no failure to dismiss` : null;
}

async function report(
  pipeline: Pick<Services, 'audit' | 'clock'>,
  operator: Operator,
  action: string,
  changed: readonly FailureView[],
  left: Dismissed['left'],
): Promise<Dismissed> {
  const brief = changed.map((view) => ({ subject: view.subject, class: view.class }));
  // One entry per class, so that the audit table tells of whom without growing with them.
  for (const name of new Set(brief.map((view) => view.class))) {
    const subjects = brief.filter((view) => view.class === name).map(({ subject }) => subject);
    await recordAction(pipeline, operator, action, name, {
      count: subjects.length,
      subjects: subjects.slice(0, 100),
    });
  }
  return { changed: brief, left };
}
