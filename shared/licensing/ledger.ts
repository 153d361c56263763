import type { LedgerEntry } from '../words/ledger';

/** The entry of a license of which nothing is ending: what was, begins anew. */
export function withoutEnding(entry: LedgerEntry): LedgerEntry {
  const { lapsedRules: _, ...rest } = entry;
  return { ...rest, notEntitledSince: null };
}
