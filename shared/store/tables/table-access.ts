import type { TableClient, TableEntityResult, TransactionAction } from '@azure/data-tables';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError, PermanentError, TransientError, ensureError } from '../../kernel/errors';
import type { Logger } from '../../kernel/logger';
import type { Random } from '../../kernel/random';
import { retry } from '../../kernel/retry';
import { makeSharedDeadline } from '../../kernel/http/shared-deadline';
import { isRowMissing, isTableMissing, toStoreError } from './table-error';
import { timing } from '../../kernel/timing';
import { makeTableReads } from './table-reads';
import type { PageEnd, RowPage, TableReads } from './table-reads';
import type { TableWrites } from './wire/table-writes';

/** As it comes from the table: nothing about it is known until a schema has read it. */
export type Row = TableEntityResult<Record<string, unknown>>;
export type NewRow = {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [property: string]: string | number | boolean;
};

export type TableAccessOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How long an outage is waited out before TransientError is thrown, milliseconds. */
  readonly budgetMs: number;
  /** What ends a call that takes too long; default: `timing.store.request` of real time, which a moved clock does not move. */
  readonly deadline?: () => AbortSignal;
};

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
export const mostOperations = 100;
/** https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination */
const mostRows = 1_000;
/** The last wait that no longer fits ends the attempts: at a twelfth of the budget, no more than that is given away. */
const backoffOf = (budgetMs: number) => {
  const { firstMs, maxMs } = timing.store.retry;
  return { firstMs, maxMs: Math.min(maxMs, budgetMs / 12) };
};

/** One table as the stores use it. */
export interface TableAccess {
  readonly name: string;
  get(partitionKey: string, rowKey: string): Promise<Row | undefined>;
  /**
   * Every row of an OData filter (all rows of an empty one), page by page; each page is retried by itself. `select`: only
   * these properties; `pageSize`: rows that are asked for at once, where no more than those are wanted.
   */
  query(
    filter: string,
    options?: { readonly select?: readonly string[]; readonly pageSize?: number },
  ): AsyncIterable<Row>;
  /**
   * Writes a row that must not exist (`etag` null) or must be as it was read, together with other changes to its
   * partition: all or nothing. Answers the row's new ETag.
   * @throws ConcurrencyError another process was first
   */
  write(row: NewRow, etag: string | null, others?: readonly TransactionAction[]): Promise<string>;
  /**
   * Up to 100 changes of one partition, all or nothing, under no condition but their own. Actions must bear repeating: a
   * lost answer is tried again.
   * @throws ConcurrencyError a row to be created is there already
   */
  submit(actions: readonly TransactionAction[]): Promise<void>;
  /**
   * Deletes a row as it was read (`*`: in whatever version). False: it was gone already.
   * @throws ConcurrencyError another process changed it
   */
  remove(partitionKey: string, rowKey: string, etag: string): Promise<boolean>;
}

/**
 * A table of the table service, with what every use of it needs: it is created by the first write, outages are waited out, errors are
 * translated, and a conditional write whose answer was lost is recognized as ours when it is met again.
 */
export class AzureTable implements TableAccess {
  readonly #client: TableClient;
  readonly #reads: TableReads;
  readonly #writes: TableWrites;
  readonly #options: TableAccessOptions;
  #created: Promise<void> | undefined;

  /** `reads`, `writes`: what takes the place of the client's own, which cost more. */
  constructor(
    client: TableClient,
    options: TableAccessOptions,
    reads: TableReads = makeTableReads(client),
    writes: TableWrites = client,
  ) {
    this.#client = client;
    this.#reads = reads;
    this.#writes = writes;
    this.#options = options;
  }

  get name(): string {
    return this.#client.tableName;
  }

  async get(partitionKey: string, rowKey: string): Promise<Row | undefined> {
    return this.#read(`row ${partitionKey} ${rowKey}`, async () => {
      try {
        return await this.#reads.row(partitionKey, rowKey, this.#inTime());
      } catch (thrown) {
        if (isRowMissing(ensureError(thrown))) return undefined;
        throw thrown;
      }
    });
  }

  async *query(
    filter: string,
    { select, pageSize = mostRows }: { readonly select?: readonly string[]; readonly pageSize?: number } = {},
  ): AsyncIterable<Row> {
    const top = Math.min(pageSize, mostRows);
    let after: PageEnd | undefined;
    do {
      const query = { filter, select, top, after };
      const page: RowPage | undefined = await this.#read(`rows of ${this.name}`, () =>
        this.#reads.page(query, this.#inTime()),
      );
      yield* page?.rows ?? [];
      after = page?.end;
    } while (after !== undefined);
  }

  async write(row: NewRow, etag: string | null, others: readonly TransactionAction[] = []): Promise<string> {
    if (others.length + 1 > mostOperations) {
      throw new PermanentError(
        'store/transaction-too-large',
        `A change of ${row.partitionKey} in ${this.name} takes ${others.length + 1} operations; a transaction holds ${mostOperations}`,
      );
    }
    // Says which attempt wrote the row: after a lost answer the ETag alone cannot tell our write from another's.
    const stamp = Math.floor(this.#options.random() * 2 ** 52).toString(36);
    const stamped = { ...row, stamp };
    let answerLost = false;
    return this.#run(`row ${row.partitionKey} ${row.rowKey}`, async () => {
      try {
        return await this.#writeOnce(stamped, etag, others);
      } catch (thrown) {
        const error = toStoreError(
          thrown,
          `row ${row.partitionKey} ${row.rowKey}`,
          this.#options.clock.now(),
        );
        if (error instanceof TransientError) answerLost = true;
        if (error instanceof ConcurrencyError && answerLost) {
          const found = await this.get(row.partitionKey, row.rowKey);
          if (found?.['stamp'] === stamp) return found.etag;
        }
        throw thrown;
      }
    });
  }

  async submit(actions: readonly TransactionAction[]): Promise<void> {
    if (actions.length === 0) return;
    await this.#run(`${actions.length} rows of ${this.name}`, () =>
      this.#writes.submitTransaction([...actions], this.#call()),
    );
  }

  async remove(partitionKey: string, rowKey: string, etag: string): Promise<boolean> {
    return this.#run(`row ${partitionKey} ${rowKey}`, async () => {
      try {
        await this.#writes.deleteEntity(partitionKey, rowKey, { etag, ...this.#call() });
        return true;
      } catch (thrown) {
        if (isRowMissing(ensureError(thrown))) return false;
        throw thrown;
      }
    });
  }

  async #writeOnce(row: NewRow, etag: string | null, others: readonly TransactionAction[]): Promise<string> {
    if (others.length === 0) {
      const written =
        etag === null
          ? await this.#writes.createEntity(row, this.#call())
          : await this.#writes.updateEntity(row, 'Replace', { etag, ...this.#call() });
      return etagOf(written.etag, row);
    }
    const guard: TransactionAction = etag === null ? ['create', row] : ['update', row, 'Replace', { etag }];
    const answer = await this.#writes.submitTransaction([guard, ...others], this.#call());
    return etagOf(answer.subResponses[0]?.etag, row);
  }

  /** A call that writes: creates the table when it is missing. */
  #run<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    return this.#tried(what, async () => {
      await this.#ensureTable();
      try {
        return await work();
      } catch (thrown) {
        if (!isTableMissing(ensureError(thrown))) throw thrown;
        this.#created = undefined;
        await this.#ensureTable();
        return await work();
      }
    });
  }

  /** A call that reads. It creates nothing: people who may read the tables may not. A missing table has no rows. */
  #read<Result>(what: string, work: () => Promise<Result | undefined>): Promise<Result | undefined> {
    return this.#tried(what, async () => {
      try {
        return await work();
      } catch (thrown) {
        if (isTableMissing(ensureError(thrown))) return undefined;
        throw thrown;
      }
    });
  }

  /** Waits out what passes, and translates what does not. */
  async #tried<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const { clock, random, logger, budgetMs } = this.#options;
    return retry(
      async () => {
        try {
          return await work();
        } catch (thrown) {
          throw toStoreError(thrown, what, clock.now());
        }
      },
      {
        clock,
        random,
        backoff: backoffOf(budgetMs),
        budgetMs,
        onRetry: (error, attempt, waitMs) =>
          logger.warn('Table service call is tried again', {
            table: this.name,
            attempt,
            waitMs,
            error: error.message,
          }),
      },
    );
  }

  #inTime(): AbortSignal {
    const { deadline = inTime } = this.#options;
    return deadline();
  }

  #call(): { abortSignal: AbortSignal } {
    return { abortSignal: this.#inTime() };
  }

  async #ensureTable(): Promise<void> {
    this.#created ??= this.#client.createTable(this.#call()).catch((thrown: unknown) => {
      this.#created = undefined;
      throw thrown;
    });
    await this.#created;
  }
}

/**
 * The client's own time-out leaves its timer running when a request fails, covers no response body and no transaction
 * (nodeHttpClient.js, TableTransaction.js); a signal does all of it and holds no process.
 */
const inTime = makeSharedDeadline(timing.store.request.ms, timing.store.requestStep.ms);

function etagOf(etag: string | undefined, row: NewRow): string {
  if (etag) return etag;
  throw new PermanentError('store/no-etag', `The table service gave no ETag for ${row.rowKey}`);
}
