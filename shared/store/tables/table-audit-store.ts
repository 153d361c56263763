import type { Random } from '../../kernel/random';
import { ConcurrencyError } from '../../kernel/errors';
import { fitsAudit } from '../ports/audit-store';
import type { AuditFilter, AuditStore } from '../ports/audit-store';
import { RowCodec } from './rows/row-codec';
import { odataText } from './rows/row-key';
import type { TableAccess } from './table-access';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { AuditEntry } from '../../words/audit-entry';

/**
 * Table `audit`: all in one partition, as people's actions are few; RowKey = the time left until the end of
 * JavaScript's calendar, so that the newest row sorts first, and a random part for those of the same millisecond.
 */
const partitionKey = 'audit';
/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const endOfTime = 8_640_000_000_000_000;

export class TableAuditStore implements AuditStore {
  readonly #table: TableAccess;
  readonly #random: Random;
  readonly #entries: RowCodec<AuditEntry>;

  constructor(table: TableAccess, random: Random, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#entries = new RowCodec(table.name, AuditEntry, unreadable);
    this.#random = random;
  }

  async record(entry: AuditEntry): Promise<string> {
    const rowKey = `${keyOf(entry.at)}|${Math.floor(this.#random() * 2 ** 52).toString(36)}`;
    await this.#table.write({ partitionKey, rowKey, ...this.#toJson(entry) }, null);
    return rowKey;
  }

  async amend(key: string, end: Partial<AuditEntry>): Promise<void> {
    for (;;) {
      const row = await this.#table.get(partitionKey, key);
      if (row === undefined) return;
      const before = this.#entries.readIfUsable(row);
      if (before === undefined) return;
      if (before.result !== 'asked') {
        // It ended otherwise before: both stay, as neither may hide the other.
        if (end.result !== undefined && end.result !== before.result)
          await this.record({ ...before, ...end });
        return;
      }
      try {
        await this.#table.write(
          { partitionKey, rowKey: key, ...this.#toJson({ ...before, ...end }) },
          row.etag,
        );
        return;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async *list(filter: AuditFilter = {}): AsyncIterable<AuditEntry & { readonly key: string }> {
    const { since, before, limit = Infinity } = filter;
    const newer = since === undefined ? '' : ` and RowKey lt ${odataText(`${keyOf(since)}}`)}`;
    const older = before === undefined ? '' : ` and RowKey gt ${odataText(before)}`;
    let left = limit;
    if (left <= 0) return;
    const wanted = `PartitionKey eq ${odataText(partitionKey)}${newer}${older}`;
    for await (const row of this.#table.query(wanted, { pageSize: limit })) {
      const entry = this.#entries.readIfUsable(row);
      if (entry === undefined || !fitsAudit(entry, filter)) continue;
      yield { ...entry, key: String(row.rowKey) };
      if (--left <= 0) return;
    }
  }

  #toJson(entry: AuditEntry) {
    return this.#entries.toProperties(entry, `audit entry ${entry.action}`);
  }
}

/** Sixteen digits: the later, the smaller. */
function keyOf(at: number): string {
  return String(endOfTime - at).padStart(16, '0');
}
