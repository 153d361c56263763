import { PermanentError } from '../kernel/errors';
import { fromJsonProperties } from '../store/tables/rows/json-property';
import { toRowKey } from '../store/tables/rows/row-key';
import type { TableAccess } from '../store/tables/table-access';
import { QuotaRow } from '../words/quota-row';

/**
 * When Graph lets anything be written again, as the row of the quota says: milliseconds; null: there is no such row, or
 * it is damaged. Times of the past mean now.
 */
export async function readClosedUntil(table: TableAccess, name = 'graph-writes'): Promise<number | null> {
  return (await readQuotaRow(table, name))?.notBefore ?? null;
}

/** Writes per second that the row allows at present; null: there is no such row, or it is damaged. */
export async function readQuotaRate(table: TableAccess, name = 'graph-writes'): Promise<number | null> {
  return (await readQuotaRow(table, name))?.ratePerSecond ?? null;
}

async function readQuotaRow(table: TableAccess, name: string): Promise<QuotaRow | null> {
  const row = await table.get('quota', toRowKey(name));
  if (row === undefined) return null;
  try {
    return fromJsonProperties(row, QuotaRow, `quota ${name}`);
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}
