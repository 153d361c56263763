import { ConcurrencyError } from '../../kernel/errors';
import { toSkuId, toUserId } from '../../kernel/ids';
import type { SkuId, UserId } from '../../kernel/ids';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText } from './row-key';
import type { Row, TableAccess } from './table-access';
import type { WaitingStore } from '../ports/waiting-store';
import { WaitingPlace, WaitingService } from '../../words/waiting';
import type { WaitingEntry } from '../../words/waiting';

/** Sorts before every user id. */
const serviceKey = '!service';
const isPlace = `RowKey ge '0'`;
const servedAtMost = 50;
const neverServed: WaitingService = { refusedUntil: null, served: [] };

/**
 * Table `waiting`: PartitionKey = SKU id, RowKey = user id, or `!service` for how the SKU's list was served. The
 * order of service is made in memory: one row per user and SKU cannot disagree with itself, and a list is short
 * beside the tenant.
 */
export class TableWaitingStore implements WaitingStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async put(entry: Omit<WaitingEntry, 'grantedUntil' | 'etag'>): Promise<void> {
    for (;;) {
      const found = await this.#read(entry.skuId, entry.userId);
      const place = {
        ...entry,
        since: found?.since ?? entry.since,
        grantedUntil: found?.grantedUntil ?? null,
      };
      if (found !== undefined && sameEntry(found, place)) return;
      if (await this.#write(place, found?.etag ?? null)) return;
    }
  }

  async remove(userId: UserId, skuIds?: readonly SkuId[]): Promise<void> {
    for (const skuId of skuIds ?? (await this.skus())) await this.#table.remove(skuId, userId, '*');
  }

  async reserve(entry: WaitingEntry, until: number | null): Promise<boolean> {
    return this.#write({ ...entry, grantedUntil: until }, entry.etag);
  }

  async *list(skuId: SkuId): AsyncIterable<WaitingEntry> {
    const entries: WaitingEntry[] = [];
    const filter = `PartitionKey eq ${odataText(skuId)} and ${isPlace}`;
    for await (const row of this.#table.query(filter)) entries.push(fromRow(row));
    yield* entries.sort(byService);
  }

  async skus(): Promise<readonly SkuId[]> {
    const found: SkuId[] = [];
    for (;;) {
      const next = await this.#skuAfter(found.at(-1) ?? '');
      if (next === undefined) return found;
      found.push(next);
    }
  }

  async counts(): Promise<ReadonlyMap<SkuId, number>> {
    const counts = new Map<SkuId, number>();
    for await (const row of this.#table.query(isPlace, { select: ['PartitionKey', 'RowKey'] })) {
      const skuId = toSkuId(row.partitionKey ?? '');
      counts.set(skuId, (counts.get(skuId) ?? 0) + 1);
    }
    return counts;
  }

  async ofUser(userId: UserId, skuIds?: readonly SkuId[]): Promise<readonly WaitingEntry[]> {
    const wanted = skuIds ?? (await this.skus());
    const found = await Promise.all(wanted.map((skuId) => this.#read(skuId, userId)));
    return found.filter((entry) => entry !== undefined);
  }

  async service(skuId: SkuId): Promise<WaitingService> {
    const row = await this.#table.get(skuId, serviceKey);
    return row === undefined ? neverServed : fromJsonProperties(row, WaitingService, `waiting ${skuId}`);
  }

  async noteRefused(skuId: SkuId, until: number): Promise<void> {
    await this.#changeService(skuId, (service) => ({ ...service, refusedUntil: until }));
  }

  async noteServed(skuId: SkuId, at: number, seats: number): Promise<void> {
    await this.#changeService(skuId, (service) => ({
      ...service,
      served: [...service.served, { at, seats }].slice(-servedAtMost),
    }));
  }

  async #changeService(skuId: SkuId, change: (service: WaitingService) => WaitingService): Promise<void> {
    for (;;) {
      const row = await this.#table.get(skuId, serviceKey);
      const what = `waiting ${skuId}`;
      const after = change(row === undefined ? neverServed : fromJsonProperties(row, WaitingService, what));
      try {
        const next = { partitionKey: skuId, rowKey: serviceKey, ...toJsonProperties(after, what) };
        await this.#table.write(next, row?.etag ?? null);
        return;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async #read(skuId: SkuId, userId: UserId): Promise<WaitingEntry | undefined> {
    const row = await this.#table.get(skuId, userId);
    return row === undefined ? undefined : fromRow(row);
  }

  /** False: another process was faster. */
  async #write(entry: Omit<WaitingEntry, 'etag'>, etag: string | null): Promise<boolean> {
    const { skuId, userId, userPrincipalName, priority, since, fallback, grantedUntil } = entry;
    const place = { userPrincipalName, priority, since, fallback, grantedUntil };
    try {
      const json = toJsonProperties(place, `waiting ${skuId} ${userId}`);
      await this.#table.write({ partitionKey: skuId, rowKey: userId, ...json }, etag);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }

  async #skuAfter(last: string): Promise<SkuId | undefined> {
    const filter = `PartitionKey gt ${odataText(last)} and ${isPlace}`;
    for await (const row of this.#table.query(filter, { select: ['PartitionKey', 'RowKey'], pageSize: 1 })) {
      return toSkuId(row.partitionKey ?? '');
    }
    return undefined;
  }
}

function fromRow(row: Row): WaitingEntry {
  const skuId = toSkuId(row.partitionKey ?? '');
  const userId = toUserId(row.rowKey ?? '');
  return {
    skuId,
    userId,
    ...fromJsonProperties(row, WaitingPlace, `waiting ${skuId} ${userId}`),
    etag: row.etag,
  };
}

function sameEntry(a: Omit<WaitingEntry, 'etag'>, b: Omit<WaitingEntry, 'etag'>): boolean {
  return (
    a.userPrincipalName === b.userPrincipalName && a.priority === b.priority && a.fallback === b.fallback
  );
}

function byService(a: WaitingEntry, b: WaitingEntry): number {
  return b.priority - a.priority || a.since - b.since || (a.userId < b.userId ? -1 : 1);
}
