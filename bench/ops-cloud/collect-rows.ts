import { RestError } from '@azure/data-tables';
import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { Clock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import type { Random } from '../../shared/kernel/random';
import { AzureTable } from '../../shared/store/tables/table-access';
import type { TableAccess } from '../../shared/store/tables/table-access';
import type { TableReads } from '../../shared/store/tables/table-reads';
import type { TableRowLine } from '../../local/tables/table-rows';

type Entity = { readonly partitionKey: string; readonly rowKey: string; readonly [name: string]: unknown };

/**
 * Tables for the real stores that keep nothing and hand on each row that is written, as the line of a file. Each row is to be
 * written once: a read finds no row.
 */
export function makeRowCollector(
  tools: { readonly clock: Clock; readonly random: Random },
  write: (line: TableRowLine) => void,
): (table: string) => TableAccess {
  return (table) => {
    const put = ({ partitionKey, rowKey, ...properties }: Entity) => {
      const line = { table, PartitionKey: partitionKey, RowKey: rowKey, ...properties };
      write(line);
      return { etag: '"1"' };
    };
    const client = {
      tableName: table,
      createTable: async () => undefined,
      deleteEntity: async () => {
        throw missing();
      },
      createEntity: async (row: Entity) => put(row),
      updateEntity: async (row: Entity) => put(row),
      submitTransaction: async (actions: readonly TransactionAction[]) => ({
        subResponses: actions.flatMap(([kind, row]) => (kind === 'delete' ? [] : [put(row as Entity)])),
      }),
    };
    const reads: TableReads = {
      row: async () => {
        throw missing();
      },
      page: async () => ({ rows: [], end: undefined }),
    };
    const options = { ...tools, logger: silentLogger, budgetMs: 1_000 };
    return new AzureTable(client as unknown as TableClient, options, reads);
  };
}

function missing(): RestError {
  const code = 'ResourceNotFound';
  return Object.assign(new RestError(code, { statusCode: 404, code }), {
    details: { odataError: { code } },
  });
}
