import { timing } from '../../kernel/timing';
import { repeatedFor } from './client-state';
import type { Services } from '../services';

type Sent = { readonly id?: string | null | undefined; readonly expiresAt?: string | null | undefined };

/** Ids that a process remembers: a minute of 2,000 notifications a second would be more than a look costs. */
const mostIds = 20_000;

/** When notifications were taken, by id, of this process and by store, in this order. Only saves looks. */
const taken = new WeakMap<object, Map<string, number>>();

/**
 * Whether a notification needs no look: this process has taken it already, within `timing.intake.replayKept`, or its
 * subscription ended longer ago than a call or an event is repeated, so that only an old recording can say it. Notifications
 * without an id are all new: two changes of a user may read the same
 * (https://learn.microsoft.com/graph/api/resources/changenotification).
 */
export function isReplayed(
  { clock, cursors, settings }: Pick<Services, 'clock' | 'cursors' | 'settings'>,
  { id, expiresAt }: Sent,
): boolean {
  const now = clock.now();
  // Without a time it is NaN, which is no smaller than anything.
  if (Date.parse(expiresAt ?? '') < now - repeatedFor(settings)) return true;
  const at = id ? taken.get(cursors)?.get(id) : undefined;
  return at !== undefined && now - at < timing.intake.replayKept.ms;
}

/** Notes that the looks of these notifications are queued. */
export function noteTaken(
  { clock, cursors }: Pick<Services, 'clock' | 'cursors'>,
  notifications: readonly Sent[],
): void {
  const ids = taken.get(cursors) ?? new Map<string, number>();
  taken.set(cursors, ids);
  for (const { id } of notifications) if (id) ids.set(id, clock.now());
  for (const id of ids.keys()) {
    if (ids.size <= mostIds) return;
    ids.delete(id);
  }
}
