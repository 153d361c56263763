import { timing } from '../../kernel/timing';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { Services } from '../../pipeline/services';
import type { Attention } from '../../store/ports/ops/attention';
import type { UserState } from '../../words/user-state';

/** Users whose rows are read: enough to know since when one of them is late. */
const mostRead = 20;

/** Users who should have an outcome by now; `since`: when the first of them was due, milliseconds. */
export type Overdue = { readonly users: number; readonly since: number };

/** Those of the index of users under way who may be late: the longest 20. `now`: milliseconds. */
export class LateUsers {
  readonly #now: number;
  readonly #listed: Attention[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  /** An entry of the index, in any order. */
  note(one: Attention): void {
    if (!isLate(this.#now, one.since)) return;
    this.#listed.push(one);
    this.#listed.sort((a, b) => a.since - b.since).splice(mostRead);
  }

  /**
   * Those whose rows say so, too: the index may be behind them. Who waits in the bulk queue is not late: that may take hours.
   * `isBulkEmpty`: that queue was read after the index and holds no message, so an operation that should be there is lost.
   * undefined: none.
   */
  async find(users: Services['users'], isBulkEmpty = false): Promise<Overdue | undefined> {
    const found: number[] = [];
    for (const { userId } of this.#listed) {
      const state = (await readIfUsable(users, userId))?.state ?? undefined;
      if (state === undefined || state.outcome !== null) continue;
      if (waitsInBulk(state) && !isBulkEmpty) continue;
      const due = state.retry?.at ?? state.decidedAt ?? state.firstSeenAt;
      if (isLate(this.#now, due)) found.push(due);
    }
    return found.length === 0 ? undefined : { users: found.length, since: Math.min(...found) };
  }
}

/** Users who have been without an outcome for longer than `timing.ops.stuck`, the 20 longest at most; undefined: none. */
export async function findOverdue({
  attention,
  users,
  clock,
}: Pick<Services, 'attention' | 'users' | 'clock'>): Promise<Overdue | undefined> {
  const late = new LateUsers(clock.now());
  for await (const one of attention.list('underWay')) late.note(one);
  return late.find(users);
}

function isLate(now: number, since: number): boolean {
  return now - since > timing.ops.stuck.ms;
}

/** Its operation went to the bulk queue, and no process has taken it up. */
function waitsInBulk({ isSentInBulk, sentVersion, version }: UserState): boolean {
  return isSentInBulk === true && sentVersion === version;
}
