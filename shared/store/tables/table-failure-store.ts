import { isDeepStrictEqual } from 'node:util';
import { ConcurrencyError } from '../../kernel/errors';
import { RowCodec } from './rows/row-codec';
import { odataText, toRowKey } from './rows/row-key';
import type { TableAccess } from './table-access';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { timing } from '../../kernel/timing';
import type { FailureStore } from '../ports/failure-store';
import { Failure, failureStates } from '../../words/failure';
import type { FailureSettlement, FailureState } from '../../words/failure';

/**
 * Table `failures`: PartitionKey = subject, RowKey = class, so a subject has one row per class. A failure that happens
 * again after it was settled is opened again. A row that cannot be read counts as none: the next failure of its kind
 * writes it anew. Table `failuresByState`: a copy of each row with PartitionKey = state, so that a list of one state reads
 * nothing else; written after the row, and made anew by `reindex`.
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

  async record(failure: Omit<Failure, 'state' | 'firstAt' | 'lastAt' | 'count'>, at: number): Promise<void> {
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
        firstAt: open?.firstAt ?? at,
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
    for await (const row of this.#index.query(`PartitionKey eq ${odataText(state)}`)) {
      const failure = this.#copies.readIfUsable(row);
      if (failure !== undefined) yield failure;
    }
  }

  async reindex(): Promise<void> {
    const listed = new Map<string, Failure>();
    for (const state of failureStates) {
      for await (const failure of this.list(state)) listed.set(`${state} ${indexKey(failure)}`, failure);
    }
    for await (const row of this.#table.query('')) {
      const failure = this.#rows.readIfUsable(row);
      if (failure === undefined) continue;
      const key = `${failure.state} ${indexKey(failure)}`;
      if (!isDeepStrictEqual(listed.get(key), failure)) await this.#list(failure);
      listed.delete(key);
    }
    for (const { subject, class: name, state } of listed.values()) {
      // Changed since it was read: what its row says now counts.
      const row = await this.#table.get(toRowKey(subject), toRowKey(name));
      const found = row === undefined ? undefined : this.#rows.readIfUsable(row);
      if (found?.state !== state) await this.#index.remove(state, indexKey({ subject, class: name }), '*');
    }
  }

  /** Puts a failure under its state, and takes it from the others. */
  async #list(failure: Failure): Promise<void> {
    const rowKey = indexKey(failure);
    const json = this.#copies.toProperties(failure, `failure ${failure.class} of ${failure.subject}`);
    await this.#index.submit([['upsert', { partitionKey: failure.state, rowKey, ...json }, 'Replace']]);
    for (const state of failureStates)
      if (state !== failure.state) await this.#index.remove(state, rowKey, '*');
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
      const after = change(row === undefined ? undefined : this.#rows.readIfUsable(row));
      if (after === undefined) return false;
      try {
        const json = this.#rows.toProperties(after, `failure ${failureClass} of ${subject}`);
        await this.#table.write({ partitionKey, rowKey, state: after.state, ...json }, row?.etag ?? null);
        await this.#list(after);
        return true;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }
}

function indexKey({ subject, class: name }: Pick<Failure, 'subject' | 'class'>): string {
  return toRowKey(`${subject}\n${name}`);
}
