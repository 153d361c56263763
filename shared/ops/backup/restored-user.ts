import { toUserId } from '../../kernel/ids';
import type { SkuId, UserId } from '../../kernel/ids';
import type { AssignmentTimes } from '../../graph/assignment-times';
import { fromJsonProperties, toJsonProperties } from '../../store/tables/rows/json-property';
import { LedgerEntry } from '../../words/ledger';
import { UserState } from '../../words/user-state';
import type { BackupRow } from './backup-format';

/** Why a license that the backup calls ours is not claimed any more. It stays with its user. */
export type NotClaimed = {
  readonly userId: UserId;
  readonly skuId: SkuId;
  /** `changed`: since the backup, or Graph does not say when; `gone`: the user does not hold it directly any more. */
  readonly why: 'changed' | 'gone';
};

export type RestoredUser = {
  readonly rows: readonly BackupRow[];
  readonly kept: number;
  readonly notClaimed: readonly NotClaimed[];
  /** Rows that cannot be read are restored as they are: their user is a failure then, as before. */
  readonly unreadable: boolean;
};

/** A timeline row's version, of its key `timeline|0000000012|seen`. */
const versionOf = (rowKey: string) => Number(/^timeline\|(\d+)\|/.exec(rowKey)?.[1] ?? 0);

/**
 * The rows of one user as they are right after a restore. Between backup and restore anything may have happened, so only
 * a license that Graph says has not changed since is claimed as granted by us; what was under way is forgotten; and every time
 * that something was first found missing begins anew, so that no grace has passed unseen.
 *
 * @param rows all rows of the user in the backup
 * @param times direct licenses of the user by Graph; undefined: Graph does not know the user
 * @param before milliseconds; when the backup began, less what clocks may differ
 */
export function restoreUser(
  rows: readonly BackupRow[],
  times: AssignmentTimes | undefined,
  before: number,
): RestoredUser {
  const userId = toUserId(rows[0]?.pk ?? '');
  const lastVersion = Math.max(0, ...rows.map(({ rk }) => versionOf(rk)));
  const restored: BackupRow[] = [];
  const notClaimed: NotClaimed[] = [];
  let kept = 0;
  try {
    for (const row of rows) {
      if (row.rk === 'state') restored.push(restoreState(row, lastVersion));
      else if (!row.rk.startsWith('ledger|')) restored.push(row);
      else {
        const entry = fromJsonProperties(row.p, LedgerEntry, `users ${row.pk} ${row.rk}`);
        const why = doubt(entry.skuId, times, before);
        if (why !== undefined) {
          notClaimed.push({ userId, skuId: entry.skuId, why });
          continue;
        }
        const { lapsedRules: _begunAnew, ...rest } = entry;
        restored.push(toRow(row, { ...rest, notEntitledSince: null }, {}));
        kept += 1;
      }
    }
  } catch {
    return { rows, kept: 0, notClaimed: [], unreadable: true };
  }
  return { rows: restored, kept, notClaimed, unreadable: false };
}

function doubt(
  skuId: SkuId,
  times: AssignmentTimes | undefined,
  before: number,
): NotClaimed['why'] | undefined {
  const at = times?.get(skuId);
  if (at === undefined) return 'gone';
  return at === null || at >= before ? 'changed' : undefined;
}

function restoreState(row: BackupRow, lastVersion: number): BackupRow {
  const state = fromJsonProperties(row.p, UserState, `users ${row.pk} ${row.rk}`);
  const { decidedBy: _decidedBy, sentVersion: _sentVersion, ...rest } = state;
  const next: UserState = {
    ...rest,
    // Behind every row of the timeline, which a later one must not meet.
    version: Math.max(state.version, lastVersion),
    digest: null,
    missingSince: null,
    intent: null,
    lastWrite: null,
  };
  return toRow(row, next, { outcome: next.outcome ?? '' });
}

function toRow({ pk, rk }: BackupRow, value: unknown, columns: BackupRow['p']): BackupRow {
  return { pk, rk, p: { ...toJsonProperties(value, `users ${pk} ${rk}`), ...columns } };
}
