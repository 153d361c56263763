import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { HandlingStore } from '../ports/handling-store';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type { Row, TableAccess } from './table-access';

const StoredStart = z.object({ starts: z.number(), at: z.number() });

/** Table `handling`: PartitionKey = user id, one row `start`, there only while handling is under way. */
const rowKey = 'start';

export class TableHandlingStore implements HandlingStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async unfinished(userId: UserId): Promise<number> {
    const row = await this.#table.get(userId, rowKey);
    return row === undefined ? 0 : startsOf(row);
  }

  async begin(userId: UserId, at: number): Promise<void> {
    for (;;) {
      const row = await this.#table.get(userId, rowKey);
      const starts = (row === undefined ? 0 : startsOf(row)) + 1;
      const json = toJsonProperties({ starts, at }, `handling of ${userId}`);
      try {
        await this.#table.write({ partitionKey: userId, rowKey, ...json }, row?.etag ?? null);
        return;
      } catch (error) {
        // Two messages about one user at the same time: both count.
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async finish(userId: UserId): Promise<void> {
    await this.#table.remove(userId, rowKey, '*');
  }
}

function startsOf(row: Row): number {
  return fromJsonProperties(row, StoredStart, `handling ${row.partitionKey}`).starts;
}
