import type { FailureListView } from '../../shared/ops/failures/list-failures';
import type { FailureView } from '../../shared/ops/failures/failure-view';
import { paint } from './paint';
import { renderOldPauses } from './render-pauses';
import { renderTable } from './render-table';
import { renderTime } from './render-time';
import { labeled, wrapText } from './wrap-text';

/** Failures by class, then one page of them. */
export function renderFailureList(list: FailureListView): string {
  const parts = [
    ...(list.total === 0 ? [nothing(list)] : [renderClasses(list), renderPage(list)]),
    ...renderMissing(list),
    ...renderUnlisted(list),
    ...renderDismissed(list),
    renderOldPauses(list.oldPauses).trimEnd(),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function nothing({ state }: FailureListView): string {
  return state === 'open'
    ? 'Nothing is open: nothing was given up on, there are no dead letters, and no user\nwaits for a seat.'
    : `Nothing is ${state}.`;
}

function renderClasses({ classes }: FailureListView): string {
  return renderTable(
    [
      { title: 'class' },
      { title: 'count', align: 'right' },
      { title: 'oldest (UTC)' },
      { title: 'to do', flexible: true },
    ],
    classes.map((one) => [
      kindNames[one.kind] === '' ? one.class : `${one.class} (${kindNames[one.kind]})`,
      String(one.count),
      one.oldestAt === null ? '' : renderTime(one.oldestAt).slice(0, 16),
      one.repair,
    ]),
  ).trimEnd();
}

const kindNames = { failure: '', deadLetter: 'dead letter', waiting: '' } as const;

function renderPage({ entries, total, skip }: FailureListView): string {
  const blocks = entries.map((entry) => renderFailure(entry).join('\n'));
  const count = total === 1 ? '1 entry' : `${String(total)} entries`;
  if (entries.length === 0) return count;
  const last = skip + entries.length;
  const page =
    entries.length === total
      ? count
      : `${String(skip + 1)} to ${String(last)} of ${count}${last < total ? `; more: --skip ${String(last)}` : ''}`;
  return `${blocks.join('\n\n')}\n\n${page}`;
}

/** One entry, its lines; also of `failure show`. */
export function renderFailure(view: FailureView): readonly string[] {
  const times = `${String(view.count)} ${view.count === 1 ? 'time' : 'times'}`;
  const kind = { failure: 'failure', deadLetter: `dead letter of ${view.queue ?? ''}`, waiting: 'waits' };
  const { settledBy } = view;
  return [
    paint('bold', view.userPrincipalName ?? view.subject),
    labeled('  what', `${kind[view.kind]}: ${view.class}, ${times}`),
    ...(view.lastAt === null ? [] : [labeled('  last', `${renderTime(view.lastAt)} (UTC)`)]),
    labeled('  why', view.reason),
    ...(settledBy === null
      ? []
      : [
          labeled(
            `  ${view.state}`,
            `by ${settledBy.by}, ${renderTime(settledBy.at).slice(0, 19)}${settledBy.why === null ? '' : `: ${settledBy.why}`}`,
            80,
            Math.max(11, view.state.length + 4),
          ),
        ]),
    ...(view.state === 'open' ? [labeled('  to do', view.repair)] : []),
  ];
}

/** Of dead letters, renderUnlisted says more. */
function renderMissing({ missing }: FailureListView): readonly string[] {
  const others = missing.filter(({ part }) => part !== 'deadLetters');
  return others.map(({ part, why }) => wrapText(`Not all of ${part} are here. ${why}`, 80).join('\n'));
}

function renderUnlisted({ deadLetters: { listed, total } }: FailureListView): readonly string[] {
  if (total === null || total <= listed) return [];
  return [`Dead letters: counted ${String(listed)} of ${String(total)}, the oldest of each queue.`];
}

function renderDismissed({ dismissed, state }: FailureListView): readonly string[] {
  if (dismissed.count === 0 || state === 'dismissed') return [];
  const since = dismissed.oldestAt === null ? '' : `, the oldest on ${dismissed.oldestAt.slice(0, 10)}`;
  return [
    wrapText(
      `${String(dismissed.count)} dismissed${since}: licenser failure list --state dismissed`,
      80,
    ).join('\n'),
  ];
}
