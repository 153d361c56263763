import type { AuditEntry } from '../../words/audit-entry';

/** Which entries a list has. */
export type AuditFilter = {
  /** Milliseconds. */
  readonly since?: number;
  readonly limit?: number;
  /** Only entries older than the one with this key, which `list` gave. */
  readonly before?: string;
  /** A name or an object id. */
  readonly by?: string;
  readonly action?: string;
  readonly subject?: string;
};

/** Whether an entry is one that is asked for by name, action or subject. */
export function fitsAudit(
  entry: AuditEntry,
  { by, action, subject }: Pick<AuditFilter, 'by' | 'action' | 'subject'>,
): boolean {
  return (
    (by === undefined || entry.by === by || entry.byId === by) &&
    (action === undefined || entry.action === action) &&
    (subject === undefined || entry.subject === subject)
  );
}

/** What people did, kept for good. */
export interface AuditStore {
  /** Answers the key of the entry, for `amend`. */
  record(entry: AuditEntry): Promise<string>;
  /** Says how an entry that was `asked` has ended; one that has ended already stays as it is. */
  amend(key: string, end: Partial<AuditEntry> & Pick<AuditEntry, 'result'>): Promise<void>;
  /** Newest first. */
  list(filter?: AuditFilter): AsyncIterable<AuditEntry & { readonly key: string }>;
}
