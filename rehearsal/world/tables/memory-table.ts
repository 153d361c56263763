import type { TransactionAction } from '@azure/data-tables';
import type { Clock } from '../../../shared/kernel/clock';
import { toStoreError } from '../../../shared/store/tables/table-error';
import type { NewRow, Row, TableAccess } from '../../../shared/store/tables/table-access';
import type { Keys, MemoryRows } from './memory-rows';
import { parseTableFilter } from './table-filter';

const mostRows = 1_000;

/**
 * One table as the stores use it, over rows in memory and without the SDK in between: for worlds of so many users that
 * the client's time-outs and retries, of which nothing can come here, would be most of the work.
 */
export class MemoryTable implements TableAccess {
  constructor(
    readonly name: string,
    private readonly rows: MemoryRows,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async get(partitionKey: string, rowKey: string): Promise<Row | undefined> {
    const row = this.rows.get(partitionKey, rowKey);
    return row === undefined ? undefined : ({ ...row } as unknown as Row);
  }

  async *query(
    filter: string,
    { pageSize = mostRows }: { readonly pageSize?: number } = {},
  ): AsyncIterable<Row> {
    const parsed = parseTableFilter(filter);
    const most = Math.min(pageSize, mostRows);
    let after: Keys | undefined;
    do {
      const page = this.rows.page(parsed, most, after);
      for (const row of page) yield { ...row } as unknown as Row;
      after = page.length < most ? undefined : (page.at(-1) as unknown as Keys);
    } while (after !== undefined);
  }

  async write(row: NewRow, etag: string | null, others: readonly TransactionAction[] = []): Promise<string> {
    const guard: TransactionAction = etag === null ? ['create', row] : ['update', row, 'Replace', { etag }];
    return this.#changed(`row ${row.partitionKey} ${row.rowKey}`, () => {
      const [written] = this.rows.transact([guard, ...others]);
      return written?.etag ?? '';
    });
  }

  async submit(actions: readonly TransactionAction[]): Promise<void> {
    this.#changed(`${String(actions.length)} rows of ${this.name}`, () => this.rows.transact(actions));
  }

  async remove(partitionKey: string, rowKey: string, etag: string): Promise<boolean> {
    const found = this.rows.get(partitionKey, rowKey);
    if (found === undefined) return false;
    this.#changed(`row ${partitionKey} ${rowKey}`, () => this.rows.check(found, etag));
    this.rows.delete({ partitionKey, rowKey });
    return true;
  }

  #changed<Result>(what: string, change: () => Result): Result {
    try {
      return change();
    } catch (thrown) {
      throw toStoreError(thrown, what, this.clock.now());
    }
  }
}
