import { ConcurrencyError } from '../kernel/errors';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type { QuotaRow } from './ports';
import { toRowKey } from './row-key';
import { StoredQuota } from './stored-values';
import type { TableAccess } from './table-access';

const partitionKey = 'quota';

/** What a change makes of the row; `row` null: leave it as it is. */
export type QuotaChange<Result> = { readonly row: QuotaRow | null; readonly result: Result };

/**
 * The one row of a quota, changed by compare-and-set only. What was read last is kept and tried first, so a process
 * that is alone pays one table call a change; a lost race costs a read more.
 */
export class QuotaRowStore {
  readonly #table: TableAccess;
  readonly #name: string;
  #known: { readonly etag: string | null; readonly row: QuotaRow | undefined } | undefined;

  constructor(table: TableAccess, name: string) {
    this.#table = table;
    this.#name = name;
  }

  async change<Result>(
    decide: (row: QuotaRow | undefined) => QuotaChange<Result>,
  ): Promise<QuotaChange<Result>> {
    for (;;) {
      const known = this.#known ?? (await this.#read());
      const change = decide(known.row);
      if (change.row === null) return change;
      try {
        const etag = await this.#table.write(
          {
            partitionKey,
            rowKey: toRowKey(this.#name),
            ...toJsonProperties(change.row, `quota ${this.#name}`),
          },
          known.etag,
        );
        this.#known = { etag, row: change.row };
        return change;
      } catch (error) {
        this.#known = undefined;
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async #read(): Promise<{ etag: string | null; row: QuotaRow | undefined }> {
    const row = await this.#table.get(partitionKey, toRowKey(this.#name));
    if (row === undefined) return { etag: null, row: undefined };
    return { etag: row.etag, row: fromJsonProperties(row, StoredQuota, `quota ${this.#name}`) };
  }
}
