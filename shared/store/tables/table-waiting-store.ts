import { ConcurrencyError, PermanentError } from '../../kernel/errors';
import { isGuid, toSkuId, toUserId } from '../../kernel/ids';
import type { SkuId, UserId } from '../../kernel/ids';
import { RowCodec, skipUnreadable } from './rows/row-codec';
import { odataText } from './rows/row-key';
import type { Row, TableAccess } from './table-access';
import type { WaitingStore } from '../ports/waiting-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { WaitingPlace, WaitingService } from '../../words/waiting';
import type { WaitingEntry } from '../../words/waiting';

/** Sorts before every user id. */
export const serviceKey = '!service';
const isPlace = `RowKey ge '0'`;
const servedAtMost = 50;
const neverServed: WaitingService = { refusedUntil: null, served: [] };

/**
 * Table `waiting`: PartitionKey = SKU id, RowKey = user id, or `!service` for how the SKU's list was served. The
 * order of service is made in memory: one row per user and SKU cannot disagree with itself, and a list is short
 * beside the tenant. A row that cannot be read is left out of its list; the user's next look, or the census, writes it
 * anew.
 */
export class TableWaitingStore implements WaitingStore {
  readonly #table: TableAccess;
  readonly #places: RowCodec<WaitingPlace>;
  readonly #services: RowCodec<WaitingService>;
  readonly #unreadable: UnreadableRowSink;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#places = new RowCodec(table.name, WaitingPlace, unreadable);
    this.#services = new RowCodec(table.name, WaitingService, unreadable);
    this.#unreadable = unreadable;
  }

  async put(entry: Omit<WaitingEntry, 'grantedUntil' | 'etag'>): Promise<void> {
    for (;;) {
      const row = await this.#table.get(entry.skuId, entry.userId);
      const found = row === undefined ? undefined : this.#fromRow(row);
      const place = {
        ...entry,
        since: found?.since ?? entry.since,
        grantedUntil: found?.grantedUntil ?? null,
      };
      if (found !== undefined && sameEntry(found, place)) return;
      if (await this.#write(place, row?.etag ?? null)) return;
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
    for await (const row of this.#table.query(filter)) {
      const entry = this.#fromRow(row);
      if (entry !== undefined) entries.push(entry);
    }
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
      const { partitionKey = '' } = row;
      if (!isGuid(partitionKey)) continue;
      const skuId = toSkuId(partitionKey);
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
    return (row === undefined ? undefined : this.#services.readIfUsable(row)) ?? neverServed;
  }

  async noteRefused(skuId: SkuId, until: number): Promise<void> {
    await this.#changeService(skuId, (service) => ({ ...service, refusedUntil: until }));
  }

  async noteServed(skuId: SkuId, at: number, seats: number, left?: number): Promise<void> {
    await this.#changeService(skuId, (service) => ({
      ...service,
      ...(seats === 0 ? {} : { served: [...service.served, { at, seats }].slice(-servedAtMost) }),
      ...(left === undefined ? {} : { left: { at, seats: left } }),
    }));
  }

  async #changeService(skuId: SkuId, change: (service: WaitingService) => WaitingService): Promise<void> {
    for (;;) {
      const row = await this.#table.get(skuId, serviceKey);
      const what = `waiting ${skuId}`;
      const before = row === undefined ? undefined : this.#services.readIfUsable(row);
      const after = change(before ?? neverServed);
      try {
        const next = { partitionKey: skuId, rowKey: serviceKey, ...this.#services.toProperties(after, what) };
        await this.#table.write(next, row?.etag ?? null);
        return;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async #read(skuId: SkuId, userId: UserId): Promise<WaitingEntry | undefined> {
    const row = await this.#table.get(skuId, userId);
    return row === undefined ? undefined : this.#fromRow(row);
  }

  /** False: another process was faster. */
  async #write(entry: Omit<WaitingEntry, 'etag'>, etag: string | null): Promise<boolean> {
    const { skuId, userId, userPrincipalName, priority, since, fallback, grantedUntil } = entry;
    const place = { userPrincipalName, priority, since, fallback, grantedUntil };
    try {
      const json = this.#places.toProperties(place, `waiting ${skuId} ${userId}`);
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
      const { partitionKey = '' } = row;
      return isGuid(partitionKey) ? toSkuId(partitionKey) : this.#skuAfter(partitionKey);
    }
    return undefined;
  }

  #fromRow(row: Row): WaitingEntry | undefined {
    const { partitionKey = '', rowKey = '' } = row;
    return skipUnreadable(this.#unreadable, this.#table.name, row, () => {
      if (!isGuid(partitionKey) || !isGuid(rowKey)) {
        throw new PermanentError(
          'store/unreadable-row',
          'it is not the place of a user on the list of a SKU',
        );
      }
      const place = this.#places.read(row);
      return { skuId: toSkuId(partitionKey), userId: toUserId(rowKey), ...place, etag: row.etag };
    });
  }
}

function sameEntry(a: Omit<WaitingEntry, 'etag'>, b: Omit<WaitingEntry, 'etag'>): boolean {
  return (
    a.userPrincipalName === b.userPrincipalName && a.priority === b.priority && a.fallback === b.fallback
  );
}

function byService(a: WaitingEntry, b: WaitingEntry): number {
  return b.priority - a.priority || a.since - b.since || (a.userId < b.userId ? -1 : 1);
}
