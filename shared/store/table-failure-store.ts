import { ConcurrencyError } from '../kernel/errors';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type { Failure, FailureState, FailureStore } from './ports';
import { odataText, toRowKey } from './row-key';
import { StoredFailure } from './stored-values';
import type { Row, TableAccess } from './table-access';

/**
 * Table `failures`: PartitionKey = subject, RowKey = class, so a subject has one row per class; `state` stands
 * beside the JSON to be filtered by. A failure that happens again after it was settled is opened anew.
 */
export class TableFailureStore implements FailureStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async record(failure: Omit<Failure, 'state' | 'firstAt' | 'lastAt' | 'count'>, at: number): Promise<void> {
    await this.#update(failure.subject, failure.class, (before) => {
      const open = before?.state === 'open' ? before : undefined;
      return {
        ...failure,
        state: 'open',
        firstAt: open?.firstAt ?? at,
        lastAt: at,
        count: (open?.count ?? 0) + 1,
      };
    });
  }

  async settle(subject: string, at: number): Promise<void> {
    const open = `PartitionKey eq ${odataText(toRowKey(subject))} and state eq 'open'`;
    for await (const row of this.#table.query(open)) {
      await this.#update(subject, fromRow(row).class, (before) =>
        before?.state === 'open' ? { ...before, state: 'replayed', lastAt: at } : undefined,
      );
    }
  }

  async *list(state: FailureState): AsyncIterable<Failure> {
    for await (const row of this.#table.query(`state eq ${odataText(state)}`)) yield fromRow(row);
  }

  /** Reads, changes and writes one row, again whenever somebody else was faster. undefined: leave it. */
  async #update(
    subject: string,
    failureClass: string,
    change: (before: Failure | undefined) => Failure | undefined,
  ): Promise<void> {
    const partitionKey = toRowKey(subject);
    const rowKey = toRowKey(failureClass);
    for (;;) {
      const row = await this.#table.get(partitionKey, rowKey);
      const after = change(row === undefined ? undefined : fromRow(row));
      if (after === undefined) return;
      try {
        const json = toJsonProperties(after, `failure ${failureClass} of ${subject}`);
        await this.#table.write({ partitionKey, rowKey, state: after.state, ...json }, row?.etag ?? null);
        return;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }
}

function fromRow(row: Row): Failure {
  return fromJsonProperties(row, StoredFailure, `failures ${row.partitionKey} ${row.rowKey}`);
}
