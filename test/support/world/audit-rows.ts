import { fitsAudit } from '../../../shared/store/ports/audit-store';
import type { AuditFilter } from '../../../shared/store/ports/audit-store';
import type { AuditEntry } from '../../../shared/words/audit-entry';

/** The rows of AuditStore in this array, newest first; TableAuditStore has its own tests. */
export function makeAuditRows(audit: AuditEntry[]) {
  return {
    record: async (entry: AuditEntry) => {
      audit.unshift(entry);
      return String(audit.length);
    },
    amend: async (key: string, end: Partial<AuditEntry>) => {
      const index = audit.length - Number(key);
      const entry = audit[index];
      if (entry?.result === 'asked') audit[index] = { ...entry, ...end };
    },
    list: async function* (filter: AuditFilter = {}) {
      const { since = 0, before, limit = Infinity } = filter;
      let left = limit;
      for (const [index, entry] of audit.entries()) {
        const number = audit.length - index;
        if (entry.at < since || (before !== undefined && number >= Number(before))) continue;
        if (!fitsAudit(entry, filter)) continue;
        if (left-- <= 0) return;
        yield { ...entry, key: String(number) };
      }
    },
  };
}
