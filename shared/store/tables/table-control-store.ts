import { ConcurrencyError } from '../../kernel/errors';
import type { ControlStore } from '../ports/control-store';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText, toRowKey } from './row-key';
import type { Row, TableAccess } from './table-access';
import { Pause } from '../../words/pause';
import type { PauseOrigin } from '../../words/pause';

/** Table `control`: one row per scope, all in one partition (there are a handful). A pause that is lifted has no row. */
const partitionKey = 'pause';

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
        // Probed meanwhile, or lifted and set anew.
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
