import type { AuditEntry } from '../../words/audit-entry';

/** What people did, kept for good. */
export interface AuditStore {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(options?: { readonly since?: number; readonly limit?: number }): AsyncIterable<AuditEntry>;
}
