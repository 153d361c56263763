import { isDeepStrictEqual } from 'node:util';
import { ConcurrencyError } from '../../kernel/errors';
import { RowCodec } from './rows/row-codec';
import { odataText, toRowKey } from './rows/row-key';
import type { Row, TableAccess } from './table-access';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { timing } from '../../kernel/timing';
import type { FailurePlace, FailureStore, PlaceSpan } from '../ports/failure-store';
import { Failure, failureStates } from '../../words/failure';
import type { FailureSettlement, FailureState } from '../../words/failure';

/**
 * Table `failures`: PartitionKey = subject, RowKey = class, so a subject has one row per class. A failure that happens
 * again after it was settled is opened again. A row that cannot be read counts as none: the next failure of its kind
 * writes it anew. Table `failuresByState`: a copy of each row with PartitionKey = state and order, and RowKey = time and
 * failure, the latest first, so that a list of one state reads nothing else, and a page of it no more than the page; written
 * after the row, and made anew by `reindex`. An earlier version has its copies under the state alone: neither version sees
 * those of the other, also after a downgrade.
 */
export class TableFailureStore implements FailureStore {
  readonly #table: TableAccess;
  readonly #index: TableAccess;
  readonly #rows: RowCodec<Failure>;
  readonly #copies: RowCodec<Failure>;

  constructor(
    table: TableAccess,
    index: TableAccess,
    unreadable: UnreadableRowSink,
    derived: UnreadableRowSink,
  ) {
    this.#table = table;
    this.#index = index;
    this.#rows = new RowCodec(table.name, Failure, unreadable);
    this.#copies = new RowCodec(index.name, Failure, derived);
  }

  async record(
    failure: Omit<Failure, 'state' | 'firstAt' | 'lastAt' | 'count'>,
    at: number,
    since = at,
  ): Promise<void> {
    await this.#update(failure.subject, failure.class, (before) => {
      const open = before?.state === 'open' ? before : undefined;
      if (
        before?.state === 'dismissed' &&
        at - (before.settledBy?.at ?? 0) < timing.store.failureDismissed.ms
      ) {
        return { ...before, ...failure, lastAt: at, count: before.count + 1 };
      }
      return {
        ...failure,
        state: 'open',
        firstAt: open?.firstAt ?? Math.min(since, at),
        lastAt: at,
        count: (open?.count ?? 0) + 1,
      };
    });
  }

  async close(subject: string, at: number): Promise<void> {
    const unsettled = `PartitionKey eq ${odataText(toRowKey(subject))} and state ne 'replayed'`;
    for await (const row of this.#table.query(unsettled)) {
      const failure = this.#rows.readIfUsable(row);
      if (failure === undefined) continue;
      await this.#update(subject, failure.class, (before) => {
        if (before === undefined || before.state === 'replayed') return undefined;
        const { settledBy: _, ...rest } = before;
        return { ...rest, state: 'replayed', lastAt: at };
      });
    }
  }

  async *list(state: FailureState): AsyncIterable<Failure> {
    for await (const row of this.#index.query(ofState(state))) {
      const failure = this.#copies.readIfUsable(row);
      if (failure !== undefined) yield failure;
    }
  }

  async *places(state: FailureState, only?: string): AsyncIterable<FailurePlace> {
    const filter = `${ofState(state)}${ofClass(only)}`;
    for await (const row of this.#index.query(filter, { select: ['RowKey', 'class'] })) yield toPlace(row);
  }

  async *between(state: FailureState, { first, last, only }: PlaceSpan): AsyncIterable<Failure> {
    const span = `RowKey ge ${odataText(first)} and RowKey le ${odataText(last)}`;
    for await (const row of this.#index.query(`${ofState(state)} and ${span}${ofClass(only)}`)) {
      const failure = this.#copies.readIfUsable(row);
      if (failure !== undefined) yield failure;
    }
  }

  async reindex(): Promise<void> {
    const listed = new Map<string, Copy>();
    for (const state of failureStates) {
      for await (const row of this.#index.query(ofAnyVersion(state))) {
        const { partitionKey = '', rowKey = '' } = row;
        if (partitionKey === partitionOf(state))
          listed.set(`${state} ${rowKey}`, { state, rowKey, failure: this.#copies.readIfUsable(row) });
        else await this.#index.remove(partitionKey, rowKey, '*');
      }
    }
    for await (const row of this.#table.query('')) {
      const failure = this.#rows.readIfUsable(row);
      if (failure === undefined) continue;
      const key = `${failure.state} ${placeOf(failure)}`;
      if (!isDeepStrictEqual(listed.get(key)?.failure, failure)) await this.#list(failure);
      listed.delete(key);
    }
    for (const { state, rowKey, failure } of listed.values()) {
      if (failure !== undefined && (await this.#isAt(failure, state, rowKey))) continue;
      await this.#index.remove(partitionOf(state), rowKey, '*');
    }
  }

  /** Changed since it was read: what its row says now counts. */
  async #isAt({ subject, class: name }: Failure, state: FailureState, rowKey: string): Promise<boolean> {
    const row = await this.#table.get(toRowKey(subject), toRowKey(name));
    const found = row === undefined ? undefined : this.#rows.readIfUsable(row);
    return found?.state === state && placeOf(found) === rowKey;
  }

  /** Puts a failure under its state, and takes it from where it stood `before`. */
  async #list(failure: Failure, before?: Failure): Promise<void> {
    const { state } = failure;
    const rowKey = placeOf(failure);
    const json = this.#copies.toProperties(failure, `failure ${failure.class} of ${failure.subject}`);
    const row = { partitionKey: partitionOf(state), rowKey, class: failure.class, ...json };
    await this.#index.submit([['upsert', row, 'Replace']]);
    if (before === undefined || (before.state === state && placeOf(before) === rowKey)) return;
    await this.#index.remove(partitionOf(before.state), placeOf(before), '*');
  }

  async ofSubject(subject: string): Promise<readonly Failure[]> {
    const found: Failure[] = [];
    const own = `PartitionKey eq ${odataText(toRowKey(subject))}`;
    for await (const row of this.#table.query(own)) {
      const failure = this.#rows.readIfUsable(row);
      if (failure !== undefined) found.push(failure);
    }
    return found;
  }

  dismiss({ subject, class: name }: Pick<Failure, 'subject' | 'class'>, by: FailureSettlement) {
    return this.#update(subject, name, (before) =>
      before?.state === 'open' ? { ...before, state: 'dismissed', settledBy: by } : undefined,
    );
  }

  restore({ subject, class: name }: Pick<Failure, 'subject' | 'class'>) {
    return this.#update(subject, name, (before) => {
      if (before?.settledBy === undefined) return undefined;
      const { settledBy: _, ...rest } = before;
      return { ...rest, state: 'open' };
    });
  }

  markReplayed(seen: Failure, by: FailureSettlement) {
    return this.#update(seen.subject, seen.class, (before) =>
      before !== undefined &&
      before.state === seen.state &&
      before.count === seen.count &&
      before.lastAt === seen.lastAt
        ? { ...before, state: 'replayed', settledBy: by }
        : undefined,
    );
  }

  /** Reads, changes and writes one row, again whenever another process was faster. undefined: leave it, false. */
  async #update(
    subject: string,
    failureClass: string,
    change: (before: Failure | undefined) => Failure | undefined,
  ): Promise<boolean> {
    const partitionKey = toRowKey(subject);
    const rowKey = toRowKey(failureClass);
    for (;;) {
      const row = await this.#table.get(partitionKey, rowKey);
      const before = row === undefined ? undefined : this.#rows.readIfUsable(row);
      const after = change(before);
      if (after === undefined) return false;
      try {
        const json = this.#rows.toProperties(after, `failure ${failureClass} of ${subject}`);
        await this.#table.write({ partitionKey, rowKey, state: after.state, ...json }, row?.etag ?? null);
        await this.#list(after, before);
        return true;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }
}

type Copy = {
  readonly state: FailureState;
  readonly rowKey: string;
  /** undefined: it cannot be read. */
  readonly failure: Failure | undefined;
};

const partitionOf = (state: FailureState) => `${state}-by-time`;

const ofState = (state: FailureState) => `PartitionKey eq ${odataText(partitionOf(state))}`;

/** From the partition of earlier versions to this one's. */
const ofAnyVersion = (state: FailureState) =>
  `PartitionKey ge ${odataText(state)} and PartitionKey le ${odataText(partitionOf(state))}`;

const ofClass = (only: string | undefined) => (only === undefined ? '' : ` and class eq ${odataText(only)}`);

/** Sixteen digits that fall with the time, so that the latest comes first; then the failure. */
function placeOf({ subject, class: name, lastAt }: Pick<Failure, 'subject' | 'class' | 'lastAt'>): string {
  return `${String(endOfTime - lastAt).padStart(timeLength, '0')}|${toRowKey(`${subject}\n${name}`)}`;
}

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const endOfTime = 8_640_000_000_000_000;
const timeLength = 16;

function toPlace(row: Row): FailurePlace {
  const key = row.rowKey ?? '';
  const { class: name } = row;
  const lastAt = endOfTime - Number(key.slice(0, timeLength));
  return {
    key,
    class: typeof name === 'string' ? name : 'unknown',
    lastAt: Number.isNaN(lastAt) ? 0 : lastAt,
  };
}
