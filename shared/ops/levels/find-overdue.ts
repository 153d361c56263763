import { timing } from '../../kernel/timing';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { Services } from '../../pipeline/services';
import type { Attention } from '../../store/ports/ops/attention';

/** Users whose rows are read: enough to know since when one of them is late. */
const mostRead = 20;

/** Users who should have an outcome by now; `since`: when the first of them was due, milliseconds. */
export type Overdue = { readonly users: number; readonly since: number };

/**
 * Users who have been without an outcome for longer than `timing.ops.stuck`, the 20 longest at most; undefined: none. The index
 * may be behind the rows, which say who really is.
 */
export async function findOverdue({
  attention,
  users,
  clock,
}: Pick<Services, 'attention' | 'users' | 'clock'>): Promise<Overdue | undefined> {
  const now = clock.now();
  const isLate = (since: number) => now - since > timing.ops.stuck.ms;
  const listed: Attention[] = [];
  for await (const one of attention.list('underWay')) {
    if (!isLate(one.since)) continue;
    listed.push(one);
    listed.sort((a, b) => a.since - b.since).splice(mostRead);
  }
  const found: number[] = [];
  for (const { userId } of listed) {
    const state = (await readIfUsable(users, userId))?.state ?? undefined;
    if (state === undefined || state.outcome !== null) continue;
    const due = state.retry?.at ?? state.decidedAt ?? state.firstSeenAt;
    if (isLate(due)) found.push(due);
  }
  return found.length === 0 ? undefined : { users: found.length, since: Math.min(...found) };
}
