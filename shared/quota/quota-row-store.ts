import type { Clock } from '../kernel/clock';
import { ConcurrencyError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import type { Random } from '../kernel/random';
import { timing } from '../kernel/timing';
import { toBelievableQuota } from './believable-quota';
import { fromJsonProperties, toJsonProperties } from '../store/tables/rows/json-property';
import { toRowKey } from '../store/tables/rows/row-key';
import type { TableAccess } from '../store/tables/table-access';
import { QuotaRow } from '../words/quota-row';

const partitionKey = 'quota';

/** What a change makes of the row; `row` null: leave it as it is. */
export type QuotaChange<Result> = { readonly row: QuotaRow | null; readonly result: Result };

/** What the row's store needs of its table. */
export type QuotaTable = Pick<TableAccess, 'get' | 'write'>;

/**
 * The one row of a quota, changed by compare-and-set only. While no other process changes it, what was read last is
 * tried first and a change costs one table call; while others do, the row is read before. A damaged row counts as none.
 */
export class QuotaRowStore {
  readonly #table: QuotaTable;
  readonly #name: string;
  readonly #tools: { readonly clock: Clock; readonly random: Random; readonly logger: Logger };
  #known: { readonly etag: string | null; readonly row: QuotaRow | undefined } | undefined;
  #lastTag: string | null | undefined;
  /** Until then it is supposed that other processes change the row. */
  #sharedUntil = 0;

  constructor(
    table: QuotaTable,
    name: string,
    tools: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
  ) {
    this.#table = table;
    this.#name = name;
    this.#tools = tools;
  }

  /** Whether another process has changed the row lately. */
  get isShared(): boolean {
    return this.#tools.clock.now() < this.#sharedUntil;
  }

  /**
   * Reads the row, lets `decide` change it, and tries again when another process was faster.
   * @param how `fresh`: read the row though it might be known, what matters is what others did to it; `urgent`: try
   *   again at once
   */
  async change<Result>(
    decide: (row: QuotaRow | undefined) => QuotaChange<Result>,
    how: 'usual' | 'fresh' | 'urgent' = 'usual',
  ): Promise<QuotaChange<Result>> {
    for (let losses = 0; ; losses++) {
      if (how === 'fresh' || this.isShared) this.#known = undefined;
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
        this.#lastTag = etag;
        return change;
      } catch (error) {
        this.#known = undefined;
        if (!(error instanceof ConcurrencyError)) throw error;
        this.#othersChangedIt();
        if (how === 'urgent') continue;
        const { clock, random } = this.#tools;
        await clock.sleep(random() * timing.quota.lostRace.ms * 2 ** Math.min(losses, 4));
      }
    }
  }

  #othersChangedIt(): void {
    this.#sharedUntil = this.#tools.clock.now() + timing.quota.shared.ms;
  }

  /** Stored at once: repaired at each reading anew, it would never have the time to earn anything. */
  async #repair(etag: string, row: QuotaRow): Promise<{ etag: string; row: QuotaRow }> {
    this.#tools.logger.error('The quota row asked for a wait that is too long; it is repaired', { row });
    try {
      const written = await this.#table.write(
        { partitionKey, rowKey: toRowKey(this.#name), ...toJsonProperties(row, `quota ${this.#name}`) },
        etag,
      );
      this.#lastTag = written;
      return { etag: written, row };
    } catch (error) {
      if (error instanceof ConcurrencyError) return { etag, row };
      throw error;
    }
  }

  async #read(): Promise<{ etag: string | null; row: QuotaRow | undefined }> {
    const row = await this.#table.get(partitionKey, toRowKey(this.#name));
    const etag = row?.etag ?? null;
    if (this.#lastTag !== undefined && this.#lastTag !== etag) this.#othersChangedIt();
    this.#lastTag = etag;
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
