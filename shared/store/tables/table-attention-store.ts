import type { UserId } from '../../kernel/ids';
import { Attention } from '../../words/attention';
import type { AttentionKind } from '../../words/attention';
import type { AttentionStore } from '../ports/attention-store';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText } from './row-key';
import type { TableAccess } from './table-access';

/** Table `attention`: PartitionKey = kind, RowKey = user id; written over whatever is there. */
export class TableAttentionStore implements AttentionStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async put(kind: AttentionKind, entry: Attention): Promise<void> {
    const json = toJsonProperties(entry, `attention ${kind} ${entry.userId}`);
    await this.#table.submit([
      ['upsert', { partitionKey: kind, rowKey: entry.userId, ...json }, 'Replace'],
    ]);
  }

  async remove(kind: AttentionKind, userId: UserId): Promise<void> {
    await this.#table.remove(kind, userId, '*');
  }

  async *list(
    kind: AttentionKind,
    { after = '', limit = Infinity }: { readonly after?: string; readonly limit?: number } = {},
  ): AsyncIterable<Attention> {
    let left = limit;
    if (left <= 0) return;
    const filter = `PartitionKey eq ${odataText(kind)} and RowKey gt ${odataText(after)}`;
    for await (const row of this.#table.query(filter, { pageSize: limit })) {
      yield fromJsonProperties(row, Attention, `attention ${kind} ${String(row.rowKey)}`);
      if (--left <= 0) return;
    }
  }
}
