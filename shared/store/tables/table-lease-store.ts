import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import { RowCodec } from './rows/row-codec';
import { toRowKey } from './rows/row-key';
import type { TableAccess } from './table-access';
import type { LeaseStore } from '../ports/lease-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { timeField } from '../../words/fields';

const partitionKey = 'lease';

/** A lease that ends later than any can is damaged: nothing else would end it for years. */
export const StoredLease = z.object({ holder: z.string(), until: timeField });
type StoredLease = z.infer<typeof StoredLease>;

/**
 * Table `leases`: one row per name, changed by compare-and-set only. Whether a lease is over is told by the clock
 * of the process that asks, so a lease should be long beside the seconds by which clocks differ, and what is done under it
 * must stay harmless when two do it. A row that cannot be read, or that ends later than the longest lease, counts as no
 * lease: the next process takes it and writes it anew.
 */
export class TableLeaseStore implements LeaseStore {
  readonly #table: TableAccess;
  readonly #clock: Clock;
  readonly #leases: RowCodec<StoredLease>;

  constructor(table: TableAccess, clock: Clock, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#leases = new RowCodec(table.name, StoredLease, unreadable);
    this.#clock = clock;
  }

  async take(name: string, holder: string, forMs: number): Promise<boolean> {
    const now = this.#clock.now();
    return this.#change(name, (lease) =>
      lease !== undefined &&
      lease.holder !== holder &&
      lease.until > now &&
      lease.until - now <= timing.store.longestLease.ms
        ? undefined
        : { holder, until: now + forMs },
    );
  }

  async release(name: string, holder: string): Promise<void> {
    await this.#change(name, (lease) => (lease?.holder === holder ? { holder, until: 0 } : undefined));
  }

  /** False: left as it is, because `change` said so or another process was faster. */
  async #change(
    name: string,
    change: (lease: StoredLease | undefined) => StoredLease | undefined,
  ): Promise<boolean> {
    const rowKey = toRowKey(name);
    const row = await this.#table.get(partitionKey, rowKey);
    const after = change(row === undefined ? undefined : this.#leases.readIfUsable(row));
    if (after === undefined) return false;
    try {
      const next = { partitionKey, rowKey, ...this.#leases.toProperties(after, `lease ${name}`) };
      await this.#table.write(next, row?.etag ?? null);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }
}
