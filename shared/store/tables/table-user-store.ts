import type { TransactionAction } from '@azure/data-tables';
import { isDeepStrictEqual } from 'node:util';
import { ConcurrencyError, PermanentError } from '../../kernel/errors';
import { toSkuId, toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import type { Logger } from '../../kernel/logger';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText } from './row-key';
import type { NewRow, Row, TableAccess } from './table-access';
import type { UserRecord, UserStore } from '../ports/user-store';
import { Exception } from '../../words/exception';
import { LedgerEntry } from '../../words/ledger';
import { TimelineEntry, timelineSteps } from '../../words/timeline';
import { UserState } from '../../words/user-state';

/**
 * Table `users`: PartitionKey = user id; RowKey `state`, `ledger|<skuId>`, `pin`, `timeline|<version>|<step>`.
 * The timeline sorts last, so that everything else is one range.
 */
const stateKey = 'state';
const exceptionKey = 'pin';
const ledgerKey = (entry: LedgerEntry) => `ledger|${entry.skuId}`;
const timelineKey = (entry: TimelineEntry) =>
  `timeline|${String(entry.version).padStart(10, '0')}|${entry.step}`;

export class TableUserStore implements UserStore {
  readonly #table: TableAccess;
  readonly #exceptions: TableAccess;
  readonly #logger: Logger;

  /** `exceptions`: copies of the rows `pin` in one partition, so that a list of them reads nothing else. */
  constructor(table: TableAccess, exceptions: TableAccess, logger: Logger) {
    this.#table = table;
    this.#exceptions = exceptions;
    this.#logger = logger;
  }

  /** The service serves a query within one partition from one snapshot, so state and ledger belong together. */
  async read(userId: UserId): Promise<UserRecord> {
    const rows: Row[] = [];
    for await (const row of this.#table.query(`${partition(userId)} and ${beforeTimeline}`)) rows.push(row);
    try {
      return toRecord(userId, rows);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      throw new PermanentError('store/unreadable-user', error.message, { cause: error });
    }
  }

  /** The service gives rows by partition, then by row key: the rows of one user come together. */
  async *records(): AsyncIterable<UserRecord> {
    let rows: Row[] = [];
    for await (const row of this.#table.query(beforeTimeline)) {
      const [first] = rows;
      if (first !== undefined && first.partitionKey !== row.partitionKey) {
        yield* this.#usable(() => toRecord(toUserId(first.partitionKey ?? ''), rows));
        rows = [];
      }
      rows.push(row);
    }
    const [last] = rows;
    if (last !== undefined) yield* this.#usable(() => toRecord(toUserId(last.partitionKey ?? ''), rows));
  }

  /** One damaged row must not keep a census or a report from all the others; reading that user alone says it. */
  *#usable<Item>(read: () => Item): Iterable<Item> {
    try {
      yield read();
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      this.#logger.error('A user is left out of a list: a row of theirs cannot be read', { error });
    }
  }

  async commit(
    record: UserRecord,
    change: {
      state: UserState;
      ledger?: readonly LedgerEntry[];
      exception?: Exception | null;
      timeline?: readonly TimelineEntry[];
    },
  ): Promise<UserRecord> {
    const { userId } = record;
    const ledger = change.ledger ?? record.ledger;
    // The outcome stands in a column of its own too, so that queries can count by it.
    const stateRow = { ...toRow(userId, stateKey, change.state), outcome: change.state.outcome ?? '' };
    const exception = change.exception === undefined ? record.exception : change.exception;
    const fixed = [
      ...toLedgerActions(userId, record.ledger, ledger),
      ...toExceptionActions(userId, record.exception, exception),
    ];
    let timeline = toTimelineRows(userId, change.timeline ?? []);
    for (;;) {
      const actions: TransactionAction[] = [
        ...fixed,
        ...timeline.map((row): TransactionAction => ['create', row]),
      ];
      try {
        const etag = await this.#table.write(stateRow, record.etag, actions);
        if (change.exception !== undefined) await this.#listException(userId, exception);
        return { ...record, etag, state: change.state, ledger: [...ledger], exception };
      } catch (error) {
        if (!(error instanceof ConcurrencyError) || timeline.length === 0) throw error;
        // Either another process changed the state row, or a timeline row is there already. History is never
        // rewritten (an upsert would), so rows that exist are left out and the rest is tried again.
        const missing = await this.#missing(userId, timeline);
        if (missing.length === timeline.length) throw error;
        timeline = missing;
      }
    }
  }

  async timeline(userId: UserId): Promise<readonly TimelineEntry[]> {
    const entries: TimelineEntry[] = [];
    for await (const row of this.#timelineRows(userId)) {
      entries.push(fromJsonProperties(row, TimelineEntry, named(row)));
    }
    const rank = (entry: TimelineEntry) => timelineSteps.indexOf(entry.step);
    return entries.sort((a, b) => a.version - b.version || a.at - b.at || rank(a) - rank(b));
  }

  async *exceptions(): AsyncIterable<{ readonly userId: UserId; readonly exception: Exception }> {
    for await (const row of this.#exceptions.query(`PartitionKey eq ${odataText(exceptionKey)}`)) {
      yield* this.#usable(() => ({
        userId: toUserId(row.rowKey ?? ''),
        exception: fromJsonProperties(row, Exception, named(row)),
      }));
    }
  }

  async reindexExceptions(): Promise<void> {
    const listed = new Map<string, Exception>();
    for await (const { userId, exception } of this.exceptions()) listed.set(userId, exception);
    for await (const row of this.#table.query(`RowKey eq ${odataText(exceptionKey)}`)) {
      for (const exception of this.#usable(() => fromJsonProperties(row, Exception, named(row)))) {
        const userId = toUserId(row.partitionKey ?? '');
        if (!isDeepStrictEqual(listed.get(userId), exception)) await this.#listException(userId, exception);
      }
      listed.delete(row.partitionKey ?? '');
    }
    for (const userId of listed.keys()) {
      // Made since the rows were read: what they say now counts.
      const row = await this.#table.get(userId, exceptionKey);
      if (row === undefined) await this.#exceptions.remove(exceptionKey, userId, '*');
    }
  }

  async #listException(userId: UserId, exception: Exception | null): Promise<void> {
    if (exception === null) {
      await this.#exceptions.remove(exceptionKey, userId, '*');
      return;
    }
    const row = { partitionKey: exceptionKey, rowKey: userId };
    const json = toJsonProperties(exception, `exception of ${userId}`);
    await this.#exceptions.submit([['upsert', { ...row, ...json }, 'Replace']]);
  }

  async *listByOutcome(outcomes: readonly string[]) {
    const any = outcomes.map((outcome) => `outcome eq ${odataText(outcome)}`).join(' or ');
    if (any !== '') yield* this.#states(`RowKey eq ${odataText(stateKey)} and (${any})`);
  }

  list() {
    return this.#states(`RowKey eq ${odataText(stateKey)}`);
  }

  async *#states(filter: string): AsyncIterable<{ readonly userId: UserId; readonly state: UserState }> {
    for await (const row of this.#table.query(filter)) {
      yield* this.#usable(() => ({
        userId: toUserId(row.partitionKey ?? ''),
        state: fromJsonProperties(row, UserState, named(row)),
      }));
    }
  }

  async countWithLedger(): Promise<number> {
    const users = new Set<string>();
    const ledgers = `RowKey ge ${odataText('ledger|')} and RowKey lt ${odataText('ledger}')}`;
    for await (const row of this.#table.query(ledgers, { select: ['PartitionKey'] }))
      users.add(row.partitionKey ?? '');
    return users.size;
  }

  #timelineRows(userId: UserId): AsyncIterable<Row> {
    return this.#table.query(
      `${partition(userId)} and RowKey ge ${odataText('timeline|')} and RowKey lt ${odataText('timeline}')}`,
    );
  }

  async #missing(userId: UserId, wanted: readonly NewRow[]): Promise<NewRow[]> {
    const keys = wanted.map((row) => row.rowKey).sort();
    const present = new Set<string>();
    const range = `RowKey ge ${odataText(keys[0] ?? '')} and RowKey le ${odataText(keys.at(-1) ?? '')}`;
    for await (const row of this.#table.query(`${partition(userId)} and ${range}`)) {
      present.add(row.rowKey ?? '');
    }
    return wanted.filter((row) => !present.has(row.rowKey));
  }
}

const partition = (userId: UserId) => `PartitionKey eq ${odataText(userId)}`;
const beforeTimeline = `RowKey lt ${odataText('timeline|')}`;
const named = (row: Row) => `users ${row.partitionKey} ${row.rowKey}`;

function toRecord(userId: UserId, rows: readonly Row[]): UserRecord {
  let etag: string | null = null;
  let state: UserState | null = null;
  let exception: Exception | null = null;
  const ledger: LedgerEntry[] = [];
  for (const row of rows) {
    if (row.rowKey === stateKey) {
      etag = row.etag;
      state = fromJsonProperties(row, UserState, named(row));
    } else if (row.rowKey === exceptionKey) exception = fromJsonProperties(row, Exception, named(row));
    else if (row.rowKey?.startsWith('ledger|')) ledger.push(fromJsonProperties(row, LedgerEntry, named(row)));
  }
  return { userId, etag, state, ledger, exception };
}

function toRow(userId: UserId, rowKey: string, value: unknown): NewRow {
  return { partitionKey: userId, rowKey, ...toJsonProperties(value, `users ${userId} ${rowKey}`) };
}

/** Only what differs: the ledger changes with the state row alone, whose ETag guards it. */
function toLedgerActions(
  userId: UserId,
  before: readonly LedgerEntry[],
  after: readonly LedgerEntry[],
): TransactionAction[] {
  const old = new Map(before.map((entry) => [toSkuId(entry.skuId), entry]));
  const kept = new Set(after.map((entry) => entry.skuId));
  return [
    ...after
      .filter((entry) => !isDeepStrictEqual(old.get(entry.skuId), entry))
      .map((entry): TransactionAction => ['upsert', toRow(userId, ledgerKey(entry), entry), 'Replace']),
    ...before
      .filter((entry) => !kept.has(entry.skuId))
      .map((entry): TransactionAction => ['delete', { partitionKey: userId, rowKey: ledgerKey(entry) }]),
  ];
}

function toExceptionActions(
  userId: UserId,
  before: Exception | null,
  after: Exception | null,
): TransactionAction[] {
  if (isDeepStrictEqual(before, after)) return [];
  return after === null
    ? [['delete', { partitionKey: userId, rowKey: exceptionKey }]]
    : [['upsert', toRow(userId, exceptionKey, after), 'Replace']];
}

/** One row per version and step; of several for the same one, the first counts. */
function toTimelineRows(userId: UserId, entries: readonly TimelineEntry[]): NewRow[] {
  const rows = new Map<string, NewRow>();
  for (const entry of entries) {
    const key = timelineKey(entry);
    if (!rows.has(key)) rows.set(key, toRow(userId, key, entry));
  }
  return [...rows.values()];
}
