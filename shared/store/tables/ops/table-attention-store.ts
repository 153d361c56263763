import { isGuid, toUserId } from '../../../kernel/ids';
import type { UserId } from '../../../kernel/ids';
import { Attention } from '../../ports/ops/attention';
import type { AttentionKind } from '../../ports/ops/attention';
import type { AttentionStore } from '../../ports/ops/attention-store';
import type { UnreadableRowSink } from '../../ports/stored-rows';
import { RowCodec } from '../rows/row-codec';
import { odataText } from '../rows/row-key';
import type { TableAccess } from '../table-access';

/**
 * Table `attention`: PartitionKey = kind, RowKey = user id; written over whatever is there. `since` stands beside the JSON,
 * to be read alone.
 */
export class TableAttentionStore implements AttentionStore {
  readonly #table: TableAccess;
  readonly #rows: RowCodec<Attention>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#rows = new RowCodec(table.name, Attention, unreadable);
  }

  async put(kind: AttentionKind, entry: Attention): Promise<void> {
    const json = this.#rows.toProperties(entry, `attention ${kind} ${entry.userId}`);
    const { userId: rowKey, since } = entry;
    await this.#table.submit([['upsert', { partitionKey: kind, rowKey, since, ...json }, 'Replace']]);
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
      const entry = this.#rows.readIfUsable(row);
      if (entry === undefined) continue;
      yield entry;
      if (--left <= 0) return;
    }
  }

  async *places(kind: AttentionKind) {
    const filter = `PartitionKey eq ${odataText(kind)}`;
    for await (const { rowKey = '', since } of this.#table.query(filter, { select: ['RowKey', 'since'] })) {
      if (isGuid(rowKey)) yield { userId: toUserId(rowKey), since: typeof since === 'number' ? since : null };
    }
  }
}
