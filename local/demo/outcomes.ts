import { AzureNamedKeyCredential, TableClient, odata } from '@azure/data-tables';
import type { LocalCloud } from '../cloud-file';

/** Each user's outcome as the tables have it; null: none yet. */
export type OutcomeReader = {
  /** Every user with a row. */
  read(): Promise<ReadonlyMap<string, string | null>>;
};

export function makeOutcomeReader(tables: LocalCloud['tables']): OutcomeReader {
  const client = new TableClient(
    tables.endpoint,
    'users',
    new AzureNamedKeyCredential(tables.accountName, tables.accountKey),
    { allowInsecureConnection: true },
  );
  return {
    async read() {
      const outcomes = new Map<string, string | null>();
      const rows = client.listEntities<{ outcome?: string }>({
        queryOptions: { filter: odata`RowKey eq 'state'`, select: ['partitionKey', 'outcome'] },
      });
      try {
        for await (const row of rows) {
          if (row.partitionKey) outcomes.set(row.partitionKey, row.outcome || null);
        }
      } catch (error) {
        // The table is made with the first user's row.
        if ((error as { statusCode?: number }).statusCode !== 404) throw error;
      }
      return outcomes;
    },
  };
}
