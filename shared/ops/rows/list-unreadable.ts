import type { Services } from '../../pipeline/services';
import { collect } from '../../kernel/concurrently';
import { nameRow, rowClass, rowOfSubject } from '../../store/ports/stored-rows';
import type { RowPlace, UnreadableRow } from '../../store/ports/stored-rows';
import { clientStateRow } from '../../words/cursor';
import type { Failure } from '../../words/failure';

/** A row that cannot be read, and what repairing it means. */
export type UnreadableRowView = {
  /** `TABLE/PARTITION/ROW`, as `licenser repair` takes it. */
  readonly row: string;
  readonly problem: string;
  /** What the product does without it. */
  readonly effect: string;
};

/** What is lost with a row of a table, and what happens without it. One for each table. */
const effects: Readonly<Record<string, string>> = {
  users:
    'This user is not handled. Put aside, a state is made anew by the next look; without its ledger row a license counts as a person’s, and stays.',
  cursors: 'What followed from this position starts over: all users are looked at again, in bulk.',
  failures: 'One entry of the failure list is missing; it is written anew when the failure happens again.',
  leases: 'Counts as free: the next process takes it.',
  waiting: 'This user is missing on the waiting list until the next look, which repair asks for.',
  knowledge: 'What one refusal of Graph taught is not known; the next such refusal teaches it again.',
  policies:
    'Users of this policy are not decided until its text is stored again: `licenser repair --policy FILE`.',
  guards: 'Counted again from the other rows of the guards.',
  rollouts: 'The rollout counts as cancelled: nothing more of it is written.',
  rolloutMembers: 'This user is left out of the rollout.',
  audit: 'One entry of the audit is not shown. Put aside, it is kept.',
  control: 'The scope stays paused until a person resumes it; repair writes the pause anew.',
  times: 'One time is missing in the reports.',
  handling: 'One note of a handling that was under way is missing.',
  operations: 'This operation is not shown and not done.',
  approvals: 'This request for approval is not shown; ask for it again.',
  answers: 'A request with this Idempotency-Key is refused.',
  samples: 'One point is missing in the history.',
  quota: 'The write quota begins anew.',
};

const clientStateEffect =
  'Of client states, only those of the present subscriptions are valid, and neither is replaced; licensing goes on. Repair makes another client state.';

/** The row that says which client states are in use. */
export function isClientState({ table, rowKey }: RowPlace): boolean {
  return table === 'cursors' && rowKey === clientStateRow;
}

/** Tables that have a repair: all of them. */
export const repairableTables: readonly string[] = Object.keys(effects);

/** An unreadable row for people. */
export function toView(row: UnreadableRow): UnreadableRowView {
  const effect = isClientState(row) ? clientStateEffect : (effects[row.table] ?? 'It counts for nothing.');
  return { row: nameRow(row), problem: row.problem, effect };
}

/**
 * Rows that cannot be read now: what was met and noted as a failure, and of `all` what a look over the tables finds, which
 * is not for a request.
 */
export async function findUnreadable(
  services: Pick<Services, 'rows' | 'failures'>,
  which: 'all' | 'noted' = 'all',
): Promise<readonly UnreadableRow[]> {
  const found = new Map<string, UnreadableRow>();
  if (which === 'all') for await (const row of services.rows.unreadable()) found.set(nameRow(row), row);
  for (const { subject } of await ofClassRow(services)) {
    const place = rowOfSubject(subject);
    if (place === undefined || found.has(nameRow(place))) continue;
    const problem = await services.rows.problemOf(place);
    if (typeof problem === 'string') found.set(nameRow(place), { ...place, problem });
  }
  return [...found.values()];
}

/** Failures of rows, of whose list alone is read what stands between the first and the last of them. */
async function ofClassRow({ failures }: Pick<Services, 'failures'>): Promise<readonly Failure[]> {
  const keys: string[] = [];
  for await (const { key, class: name } of failures.places('open')) if (name === rowClass) keys.push(key);
  const [first = '', last = first] = [keys[0], keys.at(-1)];
  return keys.length === 0 ? [] : collect(failures.between('open', { first, last, only: rowClass }));
}
