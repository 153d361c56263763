import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import type { ControlStore } from '../ports/control-store';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText, toRowKey } from './row-key';
import type { Row, TableAccess } from './table-access';
import { timeField } from '../../words/fields';
import { Pause } from '../../words/pause';
import type { PauseOrigin } from '../../words/pause';

/**
 * Table `control`: one row per scope, all in one partition (there are a handful). A pause that is lifted has no row.
 * When a scope last worked stands in another partition.
 */
const partitionKey = 'pause';
const successKey = 'success';
const Success = z.object({ scope: z.string(), at: timeField });

export class TableControlStore implements ControlStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async pauses(): Promise<readonly Pause[]> {
    const pauses: Pause[] = [];
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(partitionKey)}`)) {
      pauses.push(fromRow(row));
    }
    return pauses;
  }

  async pause(pause: Pause): Promise<boolean> {
    try {
      await this.#table.write(toRow(pause), null);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }

  async resume(scope: string, origin?: PauseOrigin): Promise<boolean> {
    for (;;) {
      const row = await this.#table.get(partitionKey, toRowKey(scope));
      if (row === undefined) return false;
      if (origin !== undefined && fromRow(row).origin !== origin) return false;
      try {
        return await this.#table.remove(partitionKey, toRowKey(scope), row.etag);
      } catch (error) {
        // Probed meanwhile, or lifted and set again.
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async takeProbe(scope: string, at: number, everyMs: number): Promise<boolean> {
    const row = await this.#table.get(partitionKey, toRowKey(scope));
    if (row === undefined) return false;
    const pause = fromRow(row);
    if (Math.abs(at - (pause.probedAt ?? pause.at)) < everyMs) return false;
    try {
      await this.#table.write(toRow({ ...pause, probedAt: at }), row.etag);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }

  async noteSuccess(scope: string, at: number): Promise<void> {
    const row = await this.#table.get(successKey, toRowKey(scope));
    if (row !== undefined && readSuccess(row).at >= at) return;
    try {
      const fields = toJsonProperties({ scope, at }, `success of ${scope}`);
      await this.#table.write(
        { partitionKey: successKey, rowKey: toRowKey(scope), ...fields },
        row?.etag ?? null,
      );
    } catch (error) {
      // Another process noted one at the same time, which is as good.
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }

  async lastSuccess(scope: string): Promise<number | undefined> {
    const row = await this.#table.get(successKey, toRowKey(scope));
    return row === undefined ? undefined : readSuccess(row).at;
  }
}

function readSuccess(row: Row): z.infer<typeof Success> {
  return fromJsonProperties(row, Success, `control ${row.partitionKey} ${row.rowKey}`);
}

function toRow(pause: Pause) {
  return {
    partitionKey,
    rowKey: toRowKey(pause.scope),
    ...toJsonProperties(pause, `pause of ${pause.scope}`),
  };
}

function fromRow(row: Row): Pause {
  return fromJsonProperties(row, Pause, `control ${row.partitionKey} ${row.rowKey}`);
}
