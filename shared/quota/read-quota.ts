import { PermanentError } from '../kernel/errors';
import { fromJsonProperties } from '../store/tables/rows/json-property';
import { toRowKey } from '../store/tables/rows/row-key';
import type { TableAccess } from '../store/tables/table-access';
import { QuotaRow } from '../words/quota-row';

/** What the shared quota allows; `closedUntil`: milliseconds, of the past too, where Graph has ever asked to wait. */
export type QuotaView = { readonly perSecond: number; readonly closedUntil: number };

/** The quota as its row says; null: there is no such row, or it is damaged. */
export async function readQuota(table: TableAccess, name = 'graph-writes'): Promise<QuotaView | null> {
  const row = await table.get('quota', toRowKey(name));
  if (row === undefined) return null;
  try {
    const { ratePerSecond, notBefore } = fromJsonProperties(row, QuotaRow, `quota ${name}`);
    return { perSecond: ratePerSecond, closedUntil: notBefore };
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}
