import { mapConcurrently } from '../../kernel/concurrently';
import type { UserId } from '../../kernel/ids';
import { timing } from '../../kernel/timing';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import { stoodSince } from '../../pipeline/row/standing/stood-since';
import type { Services } from '../../pipeline/services';
import type { Attention } from '../../store/ports/ops/attention';
import type { UserState } from '../../words/user-state';

/** So many are counted: enough to know that there are some, and since when. */
const mostCounted = 20;
/**
 * Users whose rows are read, the longest first: who waits in the bulk queue is passed over. That queue brings 500 of them
 * within a minute, so that who is late beside them comes among the longest soon.
 */
const mostRead = 500;
/** Rows that are read at a time, until enough are found. */
const portion = mostCounted;

/** Users who should have an outcome by now; `since`: when the first of them was first seen without one, milliseconds. */
export type Overdue = { readonly users: number; readonly since: number };

/** Those of the index of users under way who may be late: the longest 500. `now`: milliseconds. */
export class LateUsers {
  readonly #now: number;
  readonly #listed: Pick<Attention, 'userId' | 'since'>[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  /** An entry of the index, in any order. */
  note({ userId, since }: Attention): void {
    if (!isLate(this.#now, since)) return;
    this.#listed.push({ userId, since });
    if (this.#listed.length >= 2 * mostRead) this.#keepLongest();
  }

  /**
   * Those whose rows say so, too: the index may be behind them. Who waits in the bulk queue is not late: that may take hours.
   * `isBulkEmpty`: that queue was read after the index and holds no message, so an operation that should be there is lost.
   * undefined: none.
   */
  async find(users: Services['users'], isBulkEmpty = false): Promise<Overdue | undefined> {
    this.#keepLongest();
    const found: number[] = [];
    for (let from = 0; from < this.#listed.length && found.length < mostCounted; from += portion) {
      const due = await mapConcurrently(this.#listed.slice(from, from + portion), portion, ({ userId }) =>
        this.#lateSince(users, userId, isBulkEmpty),
      );
      found.push(...due.filter((since) => since !== null));
    }
    return found.length === 0
      ? undefined
      : { users: Math.min(found.length, mostCounted), since: Math.min(...found) };
  }

  /** Since when the user has no outcome that they should have by now, milliseconds; null: not yet, or there is one. */
  async #lateSince(users: Services['users'], userId: UserId, isBulkEmpty: boolean): Promise<number | null> {
    const state = (await readIfUsable(users, userId))?.state ?? undefined;
    if (state === undefined || state.outcome !== null) return null;
    if (waitsInBulk(state) && !isBulkEmpty) return null;
    const due = state.retry?.at ?? state.decidedAt ?? state.firstSeenAt;
    // Each look makes the next one due later: since when the user has been without an outcome does not begin anew by that.
    return isLate(this.#now, due) ? stoodSince(state, null) : null;
  }

  #keepLongest(): void {
    this.#listed.sort((a, b) => a.since - b.since).splice(mostRead);
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
