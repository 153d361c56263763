import type { z } from 'zod';
import { PermanentError } from '../../../kernel/errors';
import { isGuid } from '../../../kernel/ids';
import { ClientStateCursor, StoredCursor, clientStateRow } from '../../../words/cursor';
import { Exception } from '../../../words/exception';
import { Failure } from '../../../words/failure';
import { StoredLearntConflict } from '../../../words/learnt-conflict';
import { LedgerEntry } from '../../../words/ledger';
import { Pause } from '../../../words/pause';
import { StoredPointer, StoredPolicy } from '../../../words/policy-version';
import { QuotaRow } from '../../../words/quota-row';
import { RolloutMember, StoredRollout } from '../../../words/rollout';
import { AuditEntry } from '../../../words/audit-entry';
import { TimeSample } from '../../../words/time-sample';
import { TimelineEntry } from '../../../words/timeline';
import { UserState } from '../../../words/user-state';
import { WaitingPlace, WaitingService } from '../../../words/waiting';
import { Approval, LongOperation, RememberedAnswer } from '../../ports/ops/operator-request';
import { Sample } from '../../ports/ops/sample';
import type { RowPlace, StoredRows, UnreadableRow } from '../../ports/stored-rows';
import { fromJsonProperties } from './json-property';
import { odataText, toRowKey } from './row-key';
import type { NewRow, Row, TableAccess } from '../table-access';
import { StoredInstance, StoredNote } from '../table-handling-store';
import { StoredLease } from '../table-lease-store';
import { Success, pausePartition, successPartition } from '../table-control-store';
import { StoredUser, StoredWindow, guardPartition, windowKey } from '../table-guard-store';
import { pointerKey, policyPartition } from '../table-policy-store';
import { serviceKey } from '../table-waiting-store';
import { rememberTables } from './remember-tables';

/** What the rows of a table hold; `null`: nothing that this version knows, so that it cannot be wrong. */
type Shapes = {
  readonly shapeOf: (row: RowPlace) => z.ZodType | null;
  /** Rows that are looked at to find those that cannot be read; absent: all of the table; null: none. */
  readonly filter?: string | null;
};

const always = (schema: z.ZodType) => () => schema;

function shapeOfUserRow({ rowKey }: RowPlace): z.ZodType | null {
  if (rowKey === 'state') return UserState;
  if (rowKey === 'pin') return Exception;
  if (rowKey.startsWith('ledger|')) return LedgerEntry;
  return rowKey.startsWith('timeline|') ? TimelineEntry : null;
}

/** Every table of the product. One that is missing here would have no repair; a test compares the two lists. */
export const tableShapes: Readonly<Record<string, Shapes>> = {
  users: { shapeOf: shapeOfUserRow, filter: `RowKey lt ${odataText('timeline|')}` },
  cursors: {
    shapeOf: ({ rowKey }) => (rowKey === toRowKey(clientStateRow) ? ClientStateCursor : StoredCursor),
  },
  failures: { shapeOf: always(Failure) },
  leases: { shapeOf: always(StoredLease) },
  waiting: {
    shapeOf: ({ rowKey }) => (rowKey === serviceKey ? WaitingService : WaitingPlace),
  },
  knowledge: { shapeOf: always(StoredLearntConflict) },
  policies: {
    shapeOf: ({ partitionKey }) =>
      partitionKey === pointerKey ? StoredPointer : partitionKey === policyPartition ? StoredPolicy : null,
  },
  guards: {
    shapeOf: ({ rowKey }) => (rowKey === windowKey ? StoredWindow : StoredUser),
    filter: `PartitionKey eq ${odataText(guardPartition)}`,
  },
  rollouts: { shapeOf: always(StoredRollout) },
  rolloutMembers: { shapeOf: always(RolloutMember), filter: null },
  audit: { shapeOf: always(AuditEntry), filter: null },
  control: {
    shapeOf: ({ partitionKey }) =>
      partitionKey === pausePartition ? Pause : partitionKey === successPartition ? Success : null,
  },
  times: { shapeOf: always(TimeSample), filter: null },
  handling: {
    shapeOf: ({ partitionKey, rowKey }) =>
      rowKey === 'start' ? null : partitionKey === 'instances' ? StoredInstance : StoredNote,
  },
  operations: { shapeOf: always(LongOperation) },
  approvals: { shapeOf: always(Approval) },
  answers: { shapeOf: always(RememberedAnswer) },
  samples: { shapeOf: always(Sample), filter: null },
  quota: { shapeOf: always(QuotaRow) },
};

/**
 * Tables of copies, counts and results, which are made anew or expire by themselves: a row of them that cannot be read is
 * skipped and logged, and needs no repair.
 */
export const derivedTables: readonly string[] = [
  'failuresByState',
  'exceptions',
  'attention',
  'counters',
  'levels',
  'plans',
];

/** Rows that were put aside: PartitionKey = table, RowKey = time and keys, with all that they held. */
export const setAsideTable = 'setAside';

export class TableStoredRows implements StoredRows {
  readonly #access: (table: string) => TableAccess;

  constructor(access: (table: string) => TableAccess) {
    this.#access = rememberTables(access);
  }

  async *unreadable(): AsyncIterable<UnreadableRow> {
    for (const [table, { filter = '' }] of Object.entries(tableShapes)) {
      if (filter === null) continue;
      for await (const row of this.#access(table).query(filter)) {
        const place = placeOf(table, row);
        const problem = problemWith(place, row);
        if (problem !== null) yield { ...place, problem };
      }
    }
  }

  async problemOf(place: RowPlace): Promise<string | null | undefined> {
    const row = await this.#access(place.table).get(place.partitionKey, place.rowKey);
    return row === undefined ? undefined : problemWith(place, row);
  }

  async setAside(place: RowPlace, at: number, kept: boolean): Promise<boolean> {
    const { table, partitionKey, rowKey } = place;
    const access = this.#access(table);
    const row = await access.get(partitionKey, rowKey);
    if (row === undefined) return false;
    const copy: NewRow = {
      ...ownProperties(row),
      partitionKey: table,
      rowKey: `${String(at).padStart(16, '0')}|${partitionKey}|${rowKey}`.slice(0, 500),
      asidePartitionKey: partitionKey,
      asideRowKey: rowKey,
    };
    await this.#access(setAsideTable).write(copy, null);
    return kept || access.remove(partitionKey, rowKey, row.etag);
  }
}

function placeOf(table: string, { partitionKey = '', rowKey = '' }: Row): RowPlace {
  return { table, partitionKey, rowKey };
}

function problemWith(place: RowPlace, row: Row): string | null {
  const { table, partitionKey, rowKey } = place;
  const needsId = table === 'users' || (table === 'waiting' && rowKey !== serviceKey);
  if (needsId && !isGuid(partitionKey)) return `"${partitionKey}" is no id`;
  if (table === 'waiting' && rowKey !== serviceKey && !isGuid(rowKey)) return `"${rowKey}" is no id`;
  const schema = tableShapes[table]?.shapeOf(place) ?? null;
  if (schema === null) return null;
  try {
    fromJsonProperties(row, schema, 'it');
    return null;
  } catch (error) {
    if (error instanceof PermanentError) return error.message;
    throw error;
  }
}

/** What a person, or the product, put into the row: its keys and the service's own properties are left out. */
function ownProperties(row: Row): Record<string, string | number | boolean> {
  const own: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(row)) {
    if (['partitionKey', 'rowKey', 'etag', 'timestamp', 'stamp'].includes(name)) continue;
    if (name.startsWith('odata.')) continue;
    own[name] =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : String(value);
  }
  return own;
}
