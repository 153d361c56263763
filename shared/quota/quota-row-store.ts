import type { Clock } from '../kernel/clock';
import { ConcurrencyError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import { toBelievableQuota } from './believable-quota';
import { fromJsonProperties, toJsonProperties } from '../store/tables/rows/json-property';
import { toRowKey } from '../store/tables/rows/row-key';
import type { TableAccess } from '../store/tables/table-access';
import { QuotaRow } from '../words/quota-row';

const partitionKey = 'quota';

/** What a change makes of the row; `row` null: leave it as it is. */
export type QuotaChange<Result> = { readonly row: QuotaRow | null; readonly result: Result };

/**
 * The one row of a quota, changed by compare-and-set only. What was read last is kept and tried first, so a process
 * that is alone pays one table call a change; a lost race costs a read more. A damaged row counts as none.
 */
export class QuotaRowStore {
  readonly #table: TableAccess;
  readonly #name: string;
  readonly #tools: { readonly clock: Clock; readonly logger: Logger };
  #known: { readonly etag: string | null; readonly row: QuotaRow | undefined } | undefined;

  constructor(table: TableAccess, name: string, tools: { readonly clock: Clock; readonly logger: Logger }) {
    this.#table = table;
    this.#name = name;
    this.#tools = tools;
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

  /** Stored at once: repaired at each reading anew, it would never have the time to earn anything. */
  async #repair(etag: string, row: QuotaRow): Promise<{ etag: string; row: QuotaRow }> {
    this.#tools.logger.error('The quota row asked for a wait that is too long; it is repaired', { row });
    try {
      const written = await this.#table.write(
        { partitionKey, rowKey: toRowKey(this.#name), ...toJsonProperties(row, `quota ${this.#name}`) },
        etag,
      );
      return { etag: written, row };
    } catch (error) {
      if (error instanceof ConcurrencyError) return { etag, row };
      throw error;
    }
  }

  async #read(): Promise<{ etag: string | null; row: QuotaRow | undefined }> {
    const row = await this.#table.get(partitionKey, toRowKey(this.#name));
    if (row === undefined) return { etag: null, row: undefined };
    try {
      const stored = fromJsonProperties(row, QuotaRow, `quota ${this.#name}`);
      const believable = toBelievableQuota(stored, this.#tools.clock.now());
      if (believable.notBefore === stored.notBefore) return { etag: row.etag, row: believable };
      return await this.#repair(row.etag, believable);
    } catch (error) {
      // All it holds is earned again within seconds; kept as it is, it would stop every write.
      this.#tools.logger.error('The quota row cannot be read; a new one is used', { error });
      return { etag: row.etag, row: undefined };
    }
  }
}
