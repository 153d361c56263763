import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import type { ControlStore } from '../ports/control-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { fromRowKey, odataText, toRowKey } from './rows/row-key';
import { RowCodec } from './rows/row-codec';
import type { Row, TableAccess } from './table-access';
import { timeField } from '../../words/fields';
import { Pause } from '../../words/pause';
import type { PauseOrigin } from '../../words/pause';

/**
 * Table `control`: one row per scope, all in one partition (there are a handful). A pause that is lifted has no row.
 * When a scope last worked stands in another partition. A row of a pause that cannot be read still pauses its scope,
 * which its key names, until a person resumes it: what was paused for a reason must not go on by an accident.
 */
export const pausePartition = 'pause';
export const successPartition = 'success';
export const Success = z.object({ scope: z.string(), at: timeField });

export class TableControlStore implements ControlStore {
  readonly #table: TableAccess;
  readonly #pauses: RowCodec<Pause>;
  readonly #successes: RowCodec<z.infer<typeof Success>>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#pauses = new RowCodec(table.name, Pause, unreadable);
    this.#successes = new RowCodec(table.name, Success, unreadable);
  }

  async pauses(): Promise<readonly Pause[]> {
    const pauses: Pause[] = [];
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(pausePartition)}`)) {
      pauses.push(this.#fromRow(row));
    }
    return pauses;
  }

  async pause(pause: Pause): Promise<boolean> {
    try {
      await this.#table.write(this.#toRow(pause), null);
      return true;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
      return this.#replaceUnreadable(pause);
    }
  }

  async #replaceUnreadable(pause: Pause): Promise<boolean> {
    const row = await this.#table.get(pausePartition, toRowKey(pause.scope));
    if (row === undefined || this.#pauses.readIfUsable(row) !== undefined) return false;
    try {
      await this.#table.write(this.#toRow(pause), row.etag);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }

  scopeOf({ partitionKey, rowKey }: { readonly partitionKey: string; readonly rowKey: string }) {
    return partitionKey === pausePartition ? fromRowKey(rowKey) : undefined;
  }

  async resume(scope: string, origin?: PauseOrigin): Promise<boolean> {
    for (;;) {
      const row = await this.#table.get(pausePartition, toRowKey(scope));
      if (row === undefined) return false;
      if (origin !== undefined && this.#fromRow(row).origin !== origin) return false;
      try {
        return await this.#table.remove(pausePartition, toRowKey(scope), row.etag);
      } catch (error) {
        // Probed meanwhile, or lifted and set again.
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async takeProbe(scope: string, at: number, everyMs: number): Promise<boolean> {
    const row = await this.#table.get(pausePartition, toRowKey(scope));
    if (row === undefined) return false;
    const pause = this.#pauses.readIfUsable(row);
    if (pause === undefined) return false;
    if (Math.abs(at - (pause.probedAt ?? pause.at)) < everyMs) return false;
    try {
      await this.#table.write(this.#toRow({ ...pause, probedAt: at }), row.etag);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }

  async noteSuccess(scope: string, at: number): Promise<void> {
    const row = await this.#table.get(successPartition, toRowKey(scope));
    if (row !== undefined && (this.#successes.readIfUsable(row)?.at ?? -Infinity) >= at) return;
    try {
      const fields = this.#successes.toProperties({ scope, at }, `success of ${scope}`);
      await this.#table.write(
        { partitionKey: successPartition, rowKey: toRowKey(scope), ...fields },
        row?.etag ?? null,
      );
    } catch (error) {
      // Another process noted one at the same time, which is as good.
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }

  async lastSuccess(scope: string): Promise<number | undefined> {
    const row = await this.#table.get(successPartition, toRowKey(scope));
    return row === undefined ? undefined : this.#successes.readIfUsable(row)?.at;
  }

  #toRow(pause: Pause) {
    return {
      partitionKey: pausePartition,
      rowKey: toRowKey(pause.scope),
      ...this.#pauses.toProperties(pause, `pause of ${pause.scope}`),
    };
  }

  #fromRow(row: Row): Pause {
    const scope = fromRowKey(row.rowKey ?? '');
    const pause = this.#pauses.readIfUsable(row);
    // The key says which scope it is; a row that says another would pause what no list shows.
    if (pause !== undefined) return { ...pause, scope };
    return {
      scope,
      origin: 'operator',
      reason: `the row of this pause cannot be read; resume it when you know why it was paused`,
      by: 'an unreadable row',
      at: Date.parse(row.timestamp ?? '') || 0,
      probedAt: null,
    };
  }
}
