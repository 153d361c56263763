import type { Random } from '../../kernel/random';
import type { AuditStore } from '../ports/audit-store';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText } from './row-key';
import type { Row, TableAccess } from './table-access';
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

  constructor(table: TableAccess, random: Random) {
    this.#table = table;
    this.#random = random;
  }

  async record(entry: AuditEntry): Promise<void> {
    const rowKey = `${keyOf(entry.at)}|${Math.floor(this.#random() * 2 ** 52).toString(36)}`;
    const json = toJsonProperties(entry, `audit entry ${entry.action}`);
    await this.#table.write({ partitionKey, rowKey, ...json }, null);
  }

  async *list(options: { readonly since?: number; readonly limit?: number } = {}): AsyncIterable<AuditEntry> {
    const { since, limit = Infinity } = options;
    const newer = since === undefined ? '' : ` and RowKey lt ${odataText(`${keyOf(since)}}`)}`;
    let left = limit;
    if (left <= 0) return;
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(partitionKey)}${newer}`)) {
      yield fromRow(row);
      if (--left <= 0) return;
    }
  }
}

/** Sixteen digits: the later, the smaller. */
function keyOf(at: number): string {
  return String(endOfTime - at).padStart(16, '0');
}

function fromRow(row: Row): AuditEntry {
  return fromJsonProperties(row, AuditEntry, `audit ${String(row.rowKey)}`);
}
