import { RestError } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';
import { SortedMap } from '../../../packages/emulator-kit/src/sorted-map';
import type { Entity, TableFilter } from './table-filter';

export type Keys = { readonly partitionKey: string; readonly rowKey: string };
/** `at`: when it was written, milliseconds. */
type Stored = { readonly row: Entity; readonly at: number };

/** The rows of one table, with the table service's ETags, conditions and transactions. */
export class MemoryRows {
  readonly #partitions = new SortedMap<SortedMap<Stored>>();
  readonly #nextVersion: () => number;
  readonly #now: () => number;
  readonly #keeps: (rowKey: string) => boolean;

  /**
   * @param now milliseconds; when a row is written, for filters by Timestamp
   * @param keeps false: a row with this key is answered as written, and not kept
   */
  constructor(nextVersion: () => number, now: () => number, keeps: (rowKey: string) => boolean) {
    this.#nextVersion = nextVersion;
    this.#now = now;
    this.#keeps = keeps;
  }

  get partitions(): number {
    return this.#partitions.size;
  }

  get(partitionKey: string, rowKey: string): Entity | undefined {
    return this.#stored(partitionKey, rowKey)?.row;
  }

  /** Whatever was there. */
  put(row: Entity): string {
    const { partitionKey, rowKey } = keysOf(row);
    const etag = `"${String(this.#nextVersion())}"`;
    if (this.#keeps(rowKey)) this.#set(partitionKey, rowKey, { row: { ...row, etag }, at: this.#now() });
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
      return { keys, stored: this.#stored(keys.partitionKey, keys.rowKey) };
    });
    try {
      return actions.map((action) => this.act(action));
    } catch (error) {
      for (const { keys, stored } of before.reverse()) this.#set(keys.partitionKey, keys.rowKey, stored);
      throw error;
    }
  }

  /**
   * At most so many rows that match, by partition key and row key; `after`: from the one behind this on. What is
   * changed between two pages is in the second or not, as with the table service.
   */
  page({ matches, partitions, rows }: TableFilter, most = Infinity, after?: Keys): readonly Entity[] {
    const found: Entity[] = [];
    for (const [partitionKey, partition] of this.#partitions.within(partitions, after?.partitionKey)) {
      const last = after?.partitionKey === partitionKey ? after.rowKey : undefined;
      for (const [rowKey, { row, at }] of partition.within(rows, last)) {
        if (rowKey === last || !matches(row, at)) continue;
        found.push(row);
        if (found.length >= most) return found;
      }
    }
    return found;
  }

  #stored(partitionKey: string, rowKey: string): Stored | undefined {
    return this.#partitions.get(partitionKey)?.get(rowKey);
  }

  #set(partitionKey: string, rowKey: string, stored: Stored | undefined): void {
    const partition = this.#partitions.get(partitionKey);
    if (stored === undefined) {
      partition?.delete(rowKey);
      if (partition?.size === 0) this.#partitions.delete(partitionKey);
    } else if (partition === undefined) {
      const made = new SortedMap<Stored>();
      made.set(rowKey, stored);
      this.#partitions.set(partitionKey, made);
    } else partition.set(rowKey, stored);
  }
}

function keysOf({ partitionKey, rowKey }: Entity): Keys {
  return { partitionKey: String(partitionKey), rowKey: String(rowKey) };
}

/** Each refusal is made once: what it says never differs, and the stack of each one would cost more than the row. */
const refusals = new Map<string, RestError>();

function refused(statusCode: number, code: string): RestError {
  const known = refusals.get(code);
  if (known !== undefined) return known;
  const refusal = Object.assign(new RestError(code, { statusCode, code }), {
    details: { odataError: { code } },
  });
  refusals.set(code, refusal);
  return refusal;
}
