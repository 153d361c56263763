import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import type { AuditFilter } from '../../store/ports/audit-store';
import type { AuditEntry } from '../../words/audit-entry';

/** What an operator did, when and why. Times are ISO 8601. */
export type AuditView = Omit<AuditEntry, 'at'> & {
  readonly at: string;
  /** Names the entry in cursors. */
  readonly key: string;
};

/** The newest first; `since` in milliseconds. */
export async function listAudit(
  { audit }: Pick<Services, 'audit'>,
  filter: AuditFilter = {},
): Promise<readonly AuditView[]> {
  const views: AuditView[] = [];
  for await (const entry of audit.list(filter)) views.push({ ...entry, at: isoTime(entry.at) });
  return views;
}
