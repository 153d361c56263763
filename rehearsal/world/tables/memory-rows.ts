import { RestError } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';
import { SortedKeys } from './sorted-keys';
import { noteWritten } from './table-filter';
import type { Entity, TableFilter } from './table-filter';

export type Keys = { readonly partitionKey: string; readonly rowKey: string };
type Partition = { readonly rows: Map<string, Entity>; readonly keys: SortedKeys };

/** The rows of one table, with the table service's ETags, conditions and transactions. */
export class MemoryRows {
  readonly #partitions = new Map<string, Partition>();
  readonly #keys = new SortedKeys();
  readonly #nextVersion: () => number;

  readonly #now: () => number;

  /** `now`: milliseconds; when a row is written, for filters by Timestamp. */
  constructor(nextVersion: () => number, now: () => number = () => 0) {
    this.#nextVersion = nextVersion;
    this.#now = now;
  }

  get(partitionKey: string, rowKey: string): Entity | undefined {
    return this.#partitions.get(partitionKey)?.rows.get(rowKey);
  }

  /** Whatever was there. */
  put(row: Entity): string {
    const { partitionKey, rowKey } = keysOf(row);
    const etag = `"${String(this.#nextVersion())}"`;
    const stored = { ...row, etag };
    noteWritten(stored, this.#now());
    this.#set(partitionKey, rowKey, stored);
    return etag;
  }

  delete({ partitionKey, rowKey }: Keys): void {
    this.#set(partitionKey, rowKey, undefined);
  }

  /**
   * One change; answers the row's new ETag.
   * @throws RestError 404, 409, 412, as the table service
   */
  act(action: TransactionAction): { etag?: string } {
    const [kind, row] = action;
    const keys = keysOf(row);
    const found = this.get(keys.partitionKey, keys.rowKey);
    if (kind === 'create') {
      if (found !== undefined) throw refused(409, 'EntityAlreadyExists');
      return { etag: this.put(row) };
    }
    if (kind === 'upsert') return { etag: this.put(row) };
    const { etag } = (action[3] ?? {}) as { etag?: string };
    this.check(found, etag);
    if (kind === 'update') return { etag: this.put(row) };
    this.delete(keys);
    return {};
  }

  /** @throws RestError 404 there is no such row, 412 it has another ETag */
  check(found: Entity | undefined, etag: string | undefined): void {
    if (found === undefined) throw refused(404, 'ResourceNotFound');
    if (etag !== undefined && etag !== '*' && etag !== found['etag'])
      throw refused(412, 'UpdateConditionNotSatisfied');
  }

  /** All of them or none. @throws RestError as `act` */
  transact(actions: readonly TransactionAction[]): { etag?: string }[] {
    const before = actions.map(([, row]) => {
      const keys = keysOf(row);
      return { keys, row: this.get(keys.partitionKey, keys.rowKey) };
    });
    try {
      return actions.map((action) => this.act(action));
    } catch (error) {
      for (const { keys, row } of before.reverse()) this.#set(keys.partitionKey, keys.rowKey, row);
      throw error;
    }
  }

  /**
   * At most so many rows that match, by partition key and row key; `after`: from the one behind this on. What is
   * changed between two pages is in the second or not, as with the table service.
   */
  page({ matches, partitions, rows }: TableFilter, most = Infinity, after?: Keys): readonly Entity[] {
    const found: Entity[] = [];
    const first =
      after === undefined || after.partitionKey < partitions.from ? partitions.from : after.partitionKey;
    for (let index = this.#keys.indexFrom(first); index < this.#keys.length; index++) {
      const partitionKey = this.#keys.at(index) ?? '';
      if (partitions.to !== null && partitionKey > partitions.to) break;
      const partition = this.#partitions.get(partitionKey);
      if (partition === undefined) continue;
      const isResumed = after?.partitionKey === partitionKey;
      for (
        let at = partition.keys.indexFrom(isResumed && after.rowKey > rows.from ? after.rowKey : rows.from);
        at < partition.keys.length;
        at++
      ) {
        const rowKey = partition.keys.at(at) ?? '';
        if (rows.to !== null && rowKey > rows.to) break;
        if (isResumed && rowKey <= after.rowKey) continue;
        const row = partition.rows.get(rowKey);
        if (row === undefined || !matches(row)) continue;
        found.push(row);
        if (found.length >= most) return found;
      }
    }
    return found;
  }

  #set(partitionKey: string, rowKey: string, row: Entity | undefined): void {
    let partition = this.#partitions.get(partitionKey);
    if (row === undefined) {
      if (partition === undefined) return;
      if (partition.rows.delete(rowKey)) partition.keys.remove(rowKey);
      if (partition.rows.size > 0) return;
      this.#partitions.delete(partitionKey);
      this.#keys.remove(partitionKey);
      return;
    }
    if (partition === undefined) {
      partition = { rows: new Map(), keys: new SortedKeys() };
      this.#partitions.set(partitionKey, partition);
      this.#keys.add(partitionKey);
    }
    if (!partition.rows.has(rowKey)) partition.keys.add(rowKey);
    partition.rows.set(rowKey, row);
  }
}

function keysOf({ partitionKey, rowKey }: Entity): Keys {
  return { partitionKey: String(partitionKey), rowKey: String(rowKey) };
}

function refused(statusCode: number, code: string): RestError {
  return Object.assign(new RestError(code, { statusCode, code }), {
    details: { odataError: { code } },
  });
}
