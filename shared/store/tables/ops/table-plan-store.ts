import { z } from 'zod';
import { PermanentError } from '../../../kernel/errors';
import type { PlanStore, StoredPlan } from '../../ports/ops/plan-store';
import { fromJsonProperties, toJsonProperties } from '../rows/json-property';
import { odataText, toRowKey } from '../rows/row-key';
import type { Row, TableAccess } from '../table-access';

/** Of the heads; lines stand in a partition of their plan. */
export const planPartition = 'plan';
/** Lines of a row: each takes some hundred characters, and a row holds 480,000. */
const linesOfRow = 100;
/** A plan as it is stored. */
export const StoredPlanHead = z.object({ at: z.number(), head: z.unknown() });
export const StoredPlanLines = z.array(z.unknown());

/** Table `plans`: PartitionKey `plan`, RowKey = id; and lines by the hundred, PartitionKey = id, RowKey = number. */
export class TablePlanStore implements PlanStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async save({ id, at, head }: StoredPlan, lines: readonly unknown[]): Promise<void> {
    for (let index = 0; index * linesOfRow < lines.length; index++) {
      const part = lines.slice(index * linesOfRow, (index + 1) * linesOfRow);
      const json = toJsonProperties(part, `lines of plan ${id}`);
      await this.#put({ partitionKey: linesOf(id), rowKey: keyOf(index), ...json });
    }
    await this.#put({
      partitionKey: planPartition,
      rowKey: toRowKey(id),
      id,
      ...toJsonProperties({ at, head }, `plan ${id}`),
    });
  }

  async read(id: string): Promise<StoredPlan | undefined> {
    const row = await this.#table.get(planPartition, toRowKey(id));
    return row === undefined ? undefined : { id, ...fromJsonProperties(row, StoredPlanHead, `plan ${id}`) };
  }

  async lines(id: string, from: number, limit: number): Promise<readonly unknown[]> {
    const first = Math.floor(from / linesOfRow);
    const last = Math.floor((from + limit - 1) / linesOfRow);
    const range = `RowKey ge ${odataText(keyOf(first))} and RowKey le ${odataText(keyOf(last))}`;
    const found: unknown[] = [];
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(linesOf(id))} and ${range}`)) {
      found.push(...fromJsonProperties(row, StoredPlanLines, `lines of plan ${id}`));
    }
    return found.slice(from - first * linesOfRow, from - first * linesOfRow + limit);
  }

  async removeBefore(at: number): Promise<void> {
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(planPartition)}`)) {
      const id = String(row['id']);
      if (madeAt(row) >= at) continue;
      const own = `PartitionKey eq ${odataText(linesOf(id))}`;
      for await (const line of this.#table.query(own, { select: ['PartitionKey', 'RowKey'] }))
        await this.#table.remove(linesOf(id), line.rowKey ?? '', '*');
      await this.#table.remove(planPartition, row.rowKey ?? '', '*');
    }
  }

  async #put(row: { partitionKey: string; rowKey: string; [name: string]: string }): Promise<void> {
    await this.#table.submit([['upsert', row, 'Replace']]);
  }
}

/** Of one that cannot be read: long ago. */
function madeAt(row: Row): number {
  try {
    return fromJsonProperties(row, StoredPlanHead, 'a plan').at;
  } catch (error) {
    if (error instanceof PermanentError) return 0;
    throw error;
  }
}

const linesOf = (id: string) => `lines:${toRowKey(id)}`;
const keyOf = (index: number) => String(index).padStart(8, '0');
