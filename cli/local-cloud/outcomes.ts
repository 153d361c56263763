import { AzureNamedKeyCredential, TableClient, odata } from '@azure/data-tables';
import { z } from 'zod';
import type { LocalCloud } from '../../local/cloud-file';

/** What a user's row says of the user. */
export type OutcomeRow = {
  /** null: none yet. */
  readonly outcome: string | null;
  /** Grows with every decision recorded and every write. */
  readonly version: number;
  readonly reasons: readonly OutcomeReason[];
  readonly skus: readonly {
    readonly skuId: string;
    readonly outcome: string;
    readonly reason: OutcomeReason;
  }[];
};

export type OutcomeReason = { readonly code: string; readonly text: string };

/** What the tables have about users, keyed by user id in lower case. */
export type OutcomeReader = {
  /** The outcome of every user with a row; null: none yet. */
  read(): Promise<ReadonlyMap<string, string | null>>;
  /** The same with the reasons: costs more. */
  readRows(): Promise<ReadonlyMap<string, OutcomeRow>>;
  /** The names of the rules by which one user holds, or is being given, each SKU, by SKU id. */
  readRules(userId: string): Promise<ReadonlyMap<string, readonly string[]>>;
};

const Reason = z.object({ code: z.string(), text: z.string() });
const LedgerEntry = z.object({ skuId: z.string(), rules: z.array(z.string()) });
const State = z.object({
  outcome: z.string().nullable(),
  version: z.number(),
  reasons: z.array(Reason),
  skus: z.array(z.object({ skuId: z.string(), outcome: z.string(), reason: Reason })),
  intent: z.object({ ledger: z.array(LedgerEntry) }).nullable(),
});

/** Reads what was decided about users in the embedded cloud. */
export function makeOutcomeReader(tables: LocalCloud['tables']): OutcomeReader {
  const client = new TableClient(
    tables.endpoint,
    'users',
    new AzureNamedKeyCredential(tables.accountName, tables.accountKey),
    { allowInsecureConnection: true },
  );
  async function* list(filter: string, select?: string[]) {
    const rows = client.listEntities<Record<string, unknown>>({
      queryOptions: { filter, ...(select === undefined ? {} : { select }) },
    });
    try {
      for await (const row of rows) yield row;
    } catch (error) {
      // The table is made with the first user's row.
      if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    }
  }
  const isState = odata`RowKey eq 'state'`;
  return {
    async read() {
      const outcomes = new Map<string, string | null>();
      for await (const row of list(isState, ['partitionKey', 'outcome'])) {
        if (row.partitionKey)
          outcomes.set(row.partitionKey, typeof row['outcome'] === 'string' ? row['outcome'] || null : null);
      }
      return outcomes;
    },
    async readRows() {
      const rows = new Map<string, OutcomeRow>();
      for await (const row of list(isState)) {
        if (row.partitionKey) rows.set(row.partitionKey, State.parse(readJson(row)));
      }
      return rows;
    },
    async readRules(userId) {
      const rules = new Map<string, readonly string[]>();
      const id = userId.toLowerCase();
      // What is ours stands in the ledger; what is just being written, in the intent. The timeline sorts after both.
      for await (const row of list(odata`PartitionKey eq ${id} and RowKey lt 'timeline|'`)) {
        if (row.rowKey === 'state') {
          for (const entry of State.parse(readJson(row)).intent?.ledger ?? [])
            rules.set(entry.skuId, entry.rules);
        } else if (row.rowKey?.startsWith('ledger|')) {
          const entry = LedgerEntry.parse(readJson(row));
          if (!rules.has(entry.skuId)) rules.set(entry.skuId, entry.rules);
        }
      }
      return rules;
    },
  };
}

/** A value of more than 32,000 characters is cut into the properties json, json1, json2, … */
function readJson(row: Readonly<Record<string, unknown>>): unknown {
  let text = '';
  for (let index = 0; ; index++) {
    const part = row[index === 0 ? 'json' : `json${String(index)}`];
    if (typeof part !== 'string') return JSON.parse(text);
    text += part;
  }
}
