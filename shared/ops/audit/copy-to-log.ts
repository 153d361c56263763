import type { Logger } from '../../kernel/logger';
import type { AuditStore } from '../../store/ports/audit-store';
import type { AuditEntry } from '../../words/audit-entry';

/**
 * The audit store, and a copy of each entry and of its end in the log: the log is kept where operators of the product
 * have no rights to change it.
 */
export function copyToLog(audit: AuditStore, logger: Logger): AuditStore {
  const copy = (key: string, entry: Partial<AuditEntry>) => {
    const { action, byId, role, via, result, requestId, facts } = entry;
    // Ids only: names and reasons stay in the table, under the key.
    const by = byId === undefined ? entry.by : undefined;
    const subject = entry.subject?.includes('@') === true ? 'a user' : entry.subject;
    logger.info('Audit', { key, action, subject, by, byId, role, via, result, requestId, facts });
  };
  return {
    list: (filter) => audit.list(filter),
    async record(entry) {
      const key = await audit.record(entry);
      copy(key, entry);
      return key;
    },
    async amend(key, end) {
      await audit.amend(key, end);
      copy(key, end);
    },
  };
}
