import type { TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import { ConcurrencyError } from '../../../kernel/errors';
import { timing } from '../../../kernel/timing';
import type { CounterRow, CounterStore } from '../../ports/ops/counter-store';
import { KeptLook } from '../../ports/ops/kept-look';
import type { UnreadableRowSink } from '../../ports/stored-rows';
import { RowCodec } from '../rows/row-codec';
import { odataText } from '../rows/row-key';
import { mostOperations } from '../table-access';
import type { TableAccess } from '../table-access';

const partitionKey = 'counter';
const ours = `PartitionKey eq ${odataText(partitionKey)}`;
/** Behind all times, so that a range of rows up to now has it, too. */
const lookKey = 'look';
const from = (after: number) => `${ours} and RowKey ge ${odataText(keyOf(after + 1))}`;
/** A row as it is stored. */
export const StoredCounts = z.object({ at: z.number(), counts: z.record(z.string(), z.number()) });

/**
 * Table `counters`: all in one partition, RowKey = time and process, so that a time span is a range of keys; behind them the
 * row `look`.
 */
export class TableCounterStore implements CounterStore {
  readonly #table: TableAccess;
  readonly #rows: RowCodec<CounterRow>;
  readonly #looks: RowCodec<KeptLook>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#rows = new RowCodec(table.name, StoredCounts, unreadable);
    this.#looks = new RowCodec(table.name, KeptLook, unreadable, 1);
  }

  async add({ process, ...row }: CounterRow & { readonly process: string }): Promise<void> {
    const json = this.#rows.toProperties(row, `counters of ${process}`);
    try {
      await this.#table.write({ partitionKey, rowKey: `${keyOf(row.at)}|${process}`, ...json }, null);
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }

  async *list(after: number): AsyncIterable<CounterRow> {
    for await (const row of this.#table.query(`${from(after)} and RowKey lt ${odataText(lookKey)}`)) {
      const counted = this.#rows.readIfUsable(row);
      if (counted !== undefined) yield counted;
    }
  }

  async listWithLook(after: number) {
    const rows: CounterRow[] = [];
    let look: KeptLook | undefined;
    for await (const row of this.#table.query(from(after))) {
      if (row.rowKey === lookKey) {
        look = this.#looks.readIfUsable(row);
        continue;
      }
      const counted = this.#rows.readIfUsable(row);
      if (counted !== undefined) rows.push(counted);
    }
    return { look, rows };
  }

  async keepLook(look: KeptLook): Promise<void> {
    const row = await this.#table.get(partitionKey, lookKey);
    const before = row === undefined ? undefined : this.#looks.readIfUsable(row);
    // One from further ahead than a look is kept was timed by a wrong clock, and would stay until that time comes.
    const isLater = before !== undefined && before.at >= look.at;
    if (isLater && before.at - look.at <= timing.ops.lookKept.ms) return;
    const json = this.#looks.toProperties(look, 'what observe saw');
    try {
      await this.#table.write({ partitionKey, rowKey: lookKey, ...json }, row?.etag ?? null);
    } catch (error) {
      // Another process keeps its own at the same time, which is as good.
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }

  async removeUntil(at: number): Promise<void> {
    let actions: TransactionAction[] = [];
    const old = `${ours} and RowKey lt ${odataText(keyOf(at + 1))}`;
    for await (const row of this.#table.query(old, { select: ['PartitionKey', 'RowKey'] })) {
      actions.push(['delete', { partitionKey, rowKey: row.rowKey ?? '' }]);
      if (actions.length < mostOperations) continue;
      await this.#table.submit(actions);
      actions = [];
    }
    await this.#table.submit(actions);
  }
}

/** Sixteen digits, so that keys sort by time. */
function keyOf(at: number): string {
  return String(at).padStart(16, '0');
}
