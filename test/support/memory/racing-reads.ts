import type { TableAccess } from '../../../shared/store/tables/table-access';

/**
 * A table whose first readers have all been answered before any of them goes on: what they then write is decided by
 * ETags alone. Without it, calls that are made at once follow one another and never race.
 * @param readers how many calls of `get` wait for each other
 */
export function withRacingReads(table: TableAccess, readers: number): TableAccess {
  let come = 0;
  let open: () => void = () => undefined;
  const allHaveRead = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    name: table.name,
    get: async (partitionKey, rowKey) => {
      const row = await table.get(partitionKey, rowKey);
      come += 1;
      if (come >= readers) open();
      await allHaveRead;
      return row;
    },
    query: (filter, options) => table.query(filter, options),
    write: (row, etag, others) => table.write(row, etag, others),
    submit: (actions) => table.submit(actions),
    remove: (partitionKey, rowKey, etag) => table.remove(partitionKey, rowKey, etag),
  };
}
