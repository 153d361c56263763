import { isoTime } from '../../kernel/clock';
import { toUserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { findOldPauses } from '../pauses/list-pauses';
import type { PauseView } from '../pauses/list-pauses';
import { collect, readConcurrently } from '../../kernel/concurrently';
import { nameOfUser } from '../users/user-names';
import type { Missing } from '../sources/read-sources';
import { collectFailures, countDeadLetters } from './collect-failures';
import type { FailureView } from './failure-view';
import type { FailureState } from '../../words/failure';

/** A class of trouble, and what to do about all of it at once. */
export type FailureClassView = {
  readonly class: string;
  readonly kind: FailureView['kind'];
  readonly count: number;
  readonly repair: string;
  /** ISO 8601; null: not known. */
  readonly oldestAt: string | null;
};

export type FailureListView = {
  readonly state: FailureState;
  /** The most frequent first. */
  readonly classes: readonly FailureClassView[];
  readonly total: number;
  /** Dead letters that are in the counts above, and how many the broker has (null: counting is refused). */
  readonly deadLetters: { readonly listed: number; readonly total: number | null };
  readonly skip: number;
  /** One page, the latest first. */
  readonly entries: readonly FailureView[];
  /** What operators dismissed, so that it is not forgotten. */
  readonly dismissed: { readonly count: number; readonly oldestAt: string | null };
  /** Pauses older than a day. */
  readonly oldPauses: readonly PauseView[];
  /** `failures`, `waiting`, `deadLetters`: parts that are longer than what one request reads; their counts are too low. */
  readonly missing: readonly Missing[];
};

export type FailureListOptions = {
  readonly state?: FailureState;
  readonly class?: string;
  readonly skip?: number;
  readonly limit?: number;
};

/**
 * Failures by class with counts, and a page of them, the latest first; dead letters and users who wait for seats are in it,
 * too. Reads every row: for a command. A request of a person: `pageFailures`.
 */
export async function listFailures(
  pipeline: Pick<Services, 'failures' | 'users' | 'control' | 'clock'>,
  inspector: QueueInspector,
  options: FailureListOptions = {},
): Promise<FailureListView> {
  const { state = 'open', skip = 0, limit = Infinity } = options;
  const found = await collectFailures(pipeline, inspector, state, options.class);
  const listed = found.filter(({ kind }) => kind === 'deadLetter').length;
  const deadLetters = state === 'open' ? await countDeadLetters(inspector) : 0;
  return {
    state,
    classes: countClasses(found),
    total: found.length + unlistedOf({ listed, total: deadLetters }, options),
    deadLetters: { listed, total: deadLetters },
    skip,
    entries: await withNames(pipeline, found.slice(skip, skip + limit)),
    dismissed: await countDismissed(pipeline),
    oldPauses: await findOldPauses(pipeline),
    missing: [],
  };
}

/** Dead letters that are there and in no count of a class. */
export function unlistedOf(
  { listed, total }: FailureListView['deadLetters'],
  options: FailureListOptions,
): number {
  return options.class === undefined ? Math.max(0, (total ?? listed) - listed) : 0;
}

/** The entries with their users' names. */
export function withNames(
  pipeline: Pick<Services, 'users' | 'clock'>,
  views: readonly FailureView[],
): Promise<readonly FailureView[]> {
  return collect(readConcurrently(views, (view) => named(pipeline, view)));
}

/** The name that the tables have; none for a user whose row cannot be read, which is a failure of class `row` itself. */
async function named(pipeline: Pick<Services, 'users' | 'clock'>, view: FailureView): Promise<FailureView> {
  if (view.userId === null || view.userPrincipalName !== null) return view;
  return { ...view, userPrincipalName: await nameOfUser(pipeline, toUserId(view.userId)) };
}

function countClasses(found: readonly FailureView[]): readonly FailureClassView[] {
  const classes = new Map<string, FailureClassView>();
  for (const view of found) {
    const key = `${view.kind} ${view.class}`;
    const known = classes.get(key);
    const oldestAt =
      known?.oldestAt !== undefined && known.oldestAt !== null && known.oldestAt < (view.lastAt ?? '')
        ? known.oldestAt
        : view.lastAt;
    const { kind, repair } = view;
    classes.set(key, { class: view.class, kind, repair, count: (known?.count ?? 0) + 1, oldestAt });
  }
  return sortClasses([...classes.values()]);
}

/** The most frequent first. */
export function sortClasses(classes: readonly FailureClassView[]): readonly FailureClassView[] {
  return [...classes].sort((a, b) => b.count - a.count || a.class.localeCompare(b.class));
}

/** What operators dismissed. */
export async function countDismissed({
  failures,
}: Pick<Services, 'failures'>): Promise<FailureListView['dismissed']> {
  let count = 0;
  let oldest = Infinity;
  for await (const { settledBy } of failures.list('dismissed')) {
    count++;
    oldest = Math.min(oldest, settledBy?.at ?? Infinity);
  }
  return { count, oldestAt: Number.isFinite(oldest) ? isoTime(oldest) : null };
}
