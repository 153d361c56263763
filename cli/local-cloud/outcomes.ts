import { AzureNamedKeyCredential } from '@azure/data-tables';
import type { LocalCloud } from '../../local/cloud-file';
import { systemClock } from '../../shared/kernel/clock';
import { toUserId } from '../../shared/kernel/ids';
import { silentLogger } from '../../shared/kernel/logger';
import { systemRandom } from '../../shared/kernel/random';
import { makeTableStores } from '../../shared/store/tables/table-stores';

export type OutcomeReason = { readonly code: string; readonly text: string };

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

/** What the tables have about users, keyed by user id in lower case. */
export type OutcomeReader = {
  /** The outcome of every user with a row; null: none yet. */
  read(): Promise<ReadonlyMap<string, string | null>>;
  /** The same with the reasons. */
  readRows(): Promise<ReadonlyMap<string, OutcomeRow>>;
  /** The names of the rules by which one user holds, or is being given, each SKU, by SKU id. */
  readRules(userId: string): Promise<ReadonlyMap<string, readonly string[]>>;
};

/** Reads what was decided about users in the embedded cloud. */
export function makeOutcomeReader(tables: LocalCloud['tables']): OutcomeReader {
  const { users } = makeTableStores({
    endpoint: tables.endpoint,
    credential: new AzureNamedKeyCredential(tables.accountName, tables.accountKey),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  const readRows = async () => {
    const rows = new Map<string, OutcomeRow>();
    for await (const { userId, state } of users.list()) rows.set(userId.toLowerCase(), state);
    return rows;
  };
  return {
    readRows,
    read: async () => new Map([...(await readRows())].map(([id, { outcome }]) => [id, outcome])),
    async readRules(userId) {
      const { state, ledger } = await users.read(toUserId(userId));
      // What is ours stands in the ledger; what is just being written, in the intent.
      const entries = [...ledger, ...(state?.intent?.ledger ?? [])];
      return new Map(entries.map(({ skuId, rules }) => [skuId, rules]));
    },
  };
}
