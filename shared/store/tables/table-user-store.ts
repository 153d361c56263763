import type { TransactionAction } from '@azure/data-tables';
import { isDeepStrictEqual } from 'node:util';
import { ConcurrencyError, PermanentError } from '../../kernel/errors';
import { isGuid, toSkuId, toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { RowCodec, skipUnreadable } from './rows/row-codec';
import { odataText } from './rows/row-key';
import type { ExceptionIndex } from './ops/exception-index';
import type { NewRow, Row, TableAccess } from './table-access';
import type { UserRecord, UserStore } from '../ports/user-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
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

/**
 * Our own write comes back as several reports, each of which has the row read: while its ETag is the same, the state is not
 * checked once more. A state is a few kilobytes.
 */
const mostKnownStates = 1_000;

export class TableUserStore implements UserStore {
  readonly #table: TableAccess;
  readonly #exceptions: ExceptionIndex;
  readonly #unreadable: UnreadableRowSink;
  readonly #rows: UserRows;

  constructor(table: TableAccess, exceptions: ExceptionIndex, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#exceptions = exceptions;
    this.#unreadable = unreadable;
    this.#rows = {
      state: new RowCodec(table.name, UserState, unreadable, mostKnownStates),
      exception: new RowCodec(table.name, Exception, unreadable),
      ledger: new RowCodec(table.name, LedgerEntry, unreadable),
      timeline: new RowCodec(table.name, TimelineEntry, unreadable),
    };
  }

  /** The service serves a query within one partition from one snapshot, so state and ledger belong together. */
  async read(userId: UserId): Promise<UserRecord> {
    const rows: Row[] = [];
    for await (const row of this.#table.query(`${partition(userId)} and ${beforeTimeline}`)) rows.push(row);
    try {
      return this.#toRecord(userId, rows);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      throw new PermanentError('store/unreadable-user', error.message, { cause: error });
    }
  }

  /** The service gives rows by partition, then by row key: the rows of one user come together. */
  async *records(onUnreadable?: (userId: UserId) => void): AsyncIterable<UserRecord> {
    const usable = (first: Row, own: readonly Row[]) =>
      this.#usable(
        first,
        () => this.#toRecord(idOf(first), own),
        () => isGuid(first.partitionKey) && onUnreadable?.(idOf(first)),
      );
    let rows: Row[] = [];
    for await (const row of this.#table.query(beforeTimeline)) {
      const [first] = rows;
      if (first !== undefined && first.partitionKey !== row.partitionKey) {
        yield* usable(first, rows);
        rows = [];
      }
      rows.push(row);
    }
    const [last] = rows;
    if (last !== undefined) yield* usable(last, rows);
  }

  /** One damaged row must not keep a census or a report from all the others. */
  *#usable<Item>(
    row: Pick<Row, 'partitionKey' | 'rowKey'>,
    read: () => Item,
    onSkipped: () => void = () => undefined,
  ): Iterable<Item> {
    const item = skipUnreadable(this.#unreadable, this.#table.name, row, read);
    if (item === undefined) onSkipped();
    else yield item;
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
    const stateRow = {
      ...toRow(this.#rows.state, userId, stateKey, change.state),
      outcome: change.state.outcome ?? '',
    };
    const exception = change.exception === undefined ? record.exception : change.exception;
    const fixed = [
      ...toLedgerActions(this.#rows.ledger, userId, record.ledger, ledger),
      ...toExceptionActions(this.#rows.exception, userId, record.exception, exception),
    ];
    let timeline = toTimelineRows(this.#rows.timeline, userId, change.timeline ?? []);
    for (;;) {
      const actions: TransactionAction[] = [
        ...fixed,
        ...timeline.map((row): TransactionAction => ['create', row]),
      ];
      try {
        const etag = await this.#table.write(stateRow, record.etag, actions);
        if (change.exception !== undefined) await this.#exceptions.put(userId, exception);
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
      const entry = this.#rows.timeline.readIfUsable(row);
      if (entry !== undefined) entries.push(entry);
    }
    const rank = (entry: TimelineEntry) => timelineSteps.indexOf(entry.step);
    return entries.sort((a, b) => a.version - b.version || a.at - b.at || rank(a) - rank(b));
  }

  exceptions(): AsyncIterable<{ readonly userId: UserId; readonly exception: Exception }> {
    return this.#exceptions.list();
  }

  async reindexExceptions(): Promise<void> {
    await this.#exceptions.repair(
      this.#exceptionRows(),
      async (userId) => (await this.#table.get(userId, exceptionKey)) !== undefined,
    );
  }

  async *#exceptionRows() {
    for await (const row of this.#table.query(`RowKey eq ${odataText(exceptionKey)}`)) {
      yield* this.#usable(row, () => ({
        userId: idOf(row),
        exception: this.#rows.exception.read(row),
      }));
    }
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
      yield* this.#usable(row, () => ({
        userId: idOf(row),
        state: this.#rows.state.read(row),
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

  #toRecord(userId: UserId, rows: readonly Row[]): UserRecord {
    let etag: string | null = null;
    let state: UserState | null = null;
    let exception: Exception | null = null;
    const ledger: LedgerEntry[] = [];
    for (const row of rows) {
      if (row.rowKey === stateKey) {
        etag = row.etag;
        state = this.#rows.state.read(row);
      } else if (row.rowKey === exceptionKey) exception = this.#rows.exception.read(row);
      else if (row.rowKey?.startsWith('ledger|')) ledger.push(this.#rows.ledger.read(row));
    }
    return { userId, etag, state, ledger, exception };
  }
}

const partition = (userId: UserId) => `PartitionKey eq ${odataText(userId)}`;
const beforeTimeline = `RowKey lt ${odataText('timeline|')}`;

/** How the rows of one user are written and read. */
type UserRows = {
  readonly state: RowCodec<UserState>;
  readonly exception: RowCodec<Exception>;
  readonly ledger: RowCodec<LedgerEntry>;
  readonly timeline: RowCodec<TimelineEntry>;
};

/** @throws PermanentError `store/unreadable-row` for rows that stand under no user's id */
function idOf({ partitionKey = '' }: Pick<Row, 'partitionKey'>): UserId {
  if (isGuid(partitionKey)) return toUserId(partitionKey);
  throw new PermanentError('store/unreadable-row', `"${partitionKey}" is not the id of a user`);
}

function toRow<Value>(codec: RowCodec<Value>, userId: UserId, rowKey: string, value: Value): NewRow {
  return { partitionKey: userId, rowKey, ...codec.toProperties(value, `users ${userId} ${rowKey}`) };
}

/** Only what differs: the ledger changes with the state row alone, whose ETag guards it. */
function toLedgerActions(
  codec: RowCodec<LedgerEntry>,
  userId: UserId,
  before: readonly LedgerEntry[],
  after: readonly LedgerEntry[],
): TransactionAction[] {
  const old = new Map(before.map((entry) => [toSkuId(entry.skuId), entry]));
  const kept = new Set(after.map((entry) => entry.skuId));
  return [
    ...after
      .filter((entry) => !isDeepStrictEqual(old.get(entry.skuId), entry))
      .map((entry): TransactionAction => [
        'upsert',
        toRow(codec, userId, ledgerKey(entry), entry),
        'Replace',
      ]),
    ...before
      .filter((entry) => !kept.has(entry.skuId))
      .map((entry): TransactionAction => ['delete', { partitionKey: userId, rowKey: ledgerKey(entry) }]),
  ];
}

function toExceptionActions(
  codec: RowCodec<Exception>,
  userId: UserId,
  before: Exception | null,
  after: Exception | null,
): TransactionAction[] {
  if (isDeepStrictEqual(before, after)) return [];
  return after === null
    ? [['delete', { partitionKey: userId, rowKey: exceptionKey }]]
    : [['upsert', toRow(codec, userId, exceptionKey, after), 'Replace']];
}

/** One row per version and step; of several for the same one, the first counts. */
function toTimelineRows(
  codec: RowCodec<TimelineEntry>,
  userId: UserId,
  entries: readonly TimelineEntry[],
): NewRow[] {
  const rows = new Map<string, NewRow>();
  for (const entry of entries) {
    const key = timelineKey(entry);
    if (!rows.has(key)) rows.set(key, toRow(codec, userId, key, entry));
  }
  return [...rows.values()];
}
