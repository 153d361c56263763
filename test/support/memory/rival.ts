import { overrideMembers } from '../../../shared/kernel/override-members';
import type { TableAccess } from '../../../shared/store/tables/table-access';

/**
 * A table behind whose back another process acts, after this one has read and before it first writes or removes a row: what
 * is written then is decided by ETags alone.
 */
export function withRival(table: TableAccess, act: () => Promise<unknown>): TableAccess {
  let hasActed = false;
  const once = async () => {
    if (hasActed) return;
    hasActed = true;
    await act();
  };
  return overrideMembers(table, {
    write: async (row, etag, others) => {
      await once();
      return table.write(row, etag, others);
    },
    remove: async (partitionKey, rowKey, etag) => {
      await once();
      return table.remove(partitionKey, rowKey, etag);
    },
  });
}
