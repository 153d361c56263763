import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { toRowKey } from './row-key';
import type { TableAccess } from './table-access';
import type { LeaseStore } from '../ports/lease-store';

const partitionKey = 'lease';

const StoredLease = z.object({ holder: z.string(), until: z.number() });
type StoredLease = z.infer<typeof StoredLease>;

/**
 * Table `leases`: one row per name, changed by compare-and-set only. Whether a lease is over is told by the clock
 * of the process that asks, so a lease should be long beside the seconds by which clocks differ, and what is done under it
 * must stay harmless when two do it.
 */
export class TableLeaseStore implements LeaseStore {
  readonly #table: TableAccess;
  readonly #clock: Clock;

  constructor(table: TableAccess, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async take(name: string, holder: string, forMs: number): Promise<boolean> {
    const now = this.#clock.now();
    return this.#change(name, (lease) =>
      lease !== undefined && lease.holder !== holder && lease.until > now
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
    const what = `lease ${name}`;
    const after = change(row === undefined ? undefined : fromJsonProperties(row, StoredLease, what));
    if (after === undefined) return false;
    try {
      const next = { partitionKey, rowKey, ...toJsonProperties(after, what) };
      await this.#table.write(next, row?.etag ?? null);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }
}
