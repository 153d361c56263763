import { applyScope, intakeScope } from '../../pipeline/pauses/pause-scope';
import { PermanentError } from '../../kernel/errors';
import { fromJsonProperties, toJsonProperties } from '../../store/tables/rows/json-property';
import { toRowKey } from '../../store/tables/rows/row-key';
import { StoredRollout } from '../../words/rollout';
import type { BackupRow, TableKept } from './backup-format';

/**
 * A row of any table but `users` as it is restored: none, or itself, or changed. A rollout that ran does not run on by
 * itself: it may have been cancelled since. One that cannot be read is restored as it is: `licenser repair` names it, as before. The pauses of the restore and its progress are not overwritten.
 */
export function rowOfOtherTable(table: TableKept, row: BackupRow): readonly BackupRow[] {
  if (table === 'rollouts') return [restoreRollout(row)];
  if (table === 'control' && [intakeScope, applyScope].map(toRowKey).includes(row.rk)) return [];
  if (table === 'cursors' && row.rk === 'restore') return [];
  return [row];
}

function restoreRollout(row: BackupRow): BackupRow {
  const name = `rollout ${row.rk}`;
  try {
    const rollout = fromJsonProperties(row.p, StoredRollout, name);
    if (rollout.state !== 'running') return row;
    return { ...row, p: { ...row.p, ...toJsonProperties({ ...rollout, state: 'paused' }, name) } };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return row;
  }
}
