import type { Clock } from '../../../kernel/clock';
import { isGuid } from '../../../kernel/ids';
import type { Logger } from '../../../kernel/logger';
import { timing } from '../../../kernel/timing';
import type { FailureStore } from '../../ports/failure-store';
import { nameRow, rowClass, subjectOfRow } from '../../ports/stored-rows';
import type { UnreadableRow, UnreadableRowSink } from '../../ports/stored-rows';

/** More rows than this are forgotten all at once: they are noted once more then. */
const mostKnown = 1_000;

/** What to do about a row that cannot be read, beside its failure. */
export const repairRow =
  'See what it is and put it aside: `licenser repair`. A row of a newer version of the app is read again once that version is back.';

/**
 * Logs each row that was skipped, and opens a failure of class `row` for it: under the user's id for what makes a user
 * impossible to handle, else under `row:TABLE/PARTITION/ROW`. One process notes a row once in ten minutes.
 */
export function makeUnreadableRows(
  failures: () => Pick<FailureStore, 'record'>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): UnreadableRowSink {
  const toldAt = new Map<string, number>();
  return {
    note(row) {
      const name = nameRow(row);
      const now = clock.now();
      const before = toldAt.get(name);
      if (before !== undefined && Math.abs(now - before) < timing.store.unreadableNoted.ms) return;
      if (toldAt.size >= mostKnown) toldAt.clear();
      toldAt.set(name, now);
      logger.error('A row cannot be read and is skipped', { row: name, problem: row.problem });
      failures()
        .record(toFailure(row), now)
        .catch((error: unknown) => {
          toldAt.delete(name);
          logger.error('A row that cannot be read could not be put on the failure list', {
            row: name,
            error,
          });
        });
    },
  };
}

/** The failure that stands for a row. */
export function toFailure(row: UnreadableRow): Parameters<FailureStore['record']>[0] {
  const isOfUser = row.table === 'users' && isGuid(row.partitionKey) && !row.rowKey.startsWith('timeline|');
  return {
    subject: isOfUser ? row.partitionKey : subjectOfRow(row),
    class: rowClass,
    reason: {
      code: isOfUser ? 'store/unreadable-user' : 'store/unreadable-row',
      text: `The row ${nameRow(row)} cannot be read: ${row.problem}`,
    },
    suggestedRepair: repairRow,
    facts: { row: nameRow(row) },
  };
}
