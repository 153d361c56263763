import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import { fitsAudit } from '../../store/ports/audit-store';
import type { AuditFilter } from '../../store/ports/audit-store';
import type { AuditEntry } from '../../words/audit-entry';

/** What an operator did, when and why. Times are ISO 8601. */
export type AuditView = Omit<AuditEntry, 'at'> & {
  readonly at: string;
  /** Names the entry in cursors. */
  readonly key: string;
};

/** A page of the audit. */
export type AuditPage = {
  readonly entries: readonly AuditView[];
  /** The key behind which the next page begins; null: this was the last. */
  readonly next: string | null;
  /** The search ended before the page was full: it looked at as many entries as one call may. */
  readonly isPartial: boolean;
};

/** Entries that one call looks at, however few of them fit: the audit is kept for good. */
const mostLooked = 2_000;

/** The newest first that fit, `limit` at most; `since` in milliseconds. */
export async function pageOfAudit(
  { audit }: Pick<Services, 'audit'>,
  { since, before, ...filter }: Omit<AuditFilter, 'limit'>,
  limit: number,
): Promise<AuditPage> {
  const isAll = Object.values(filter).every((value) => value === undefined);
  const most = isAll ? limit + 1 : mostLooked;
  const entries: AuditView[] = [];
  let last: string | null = null;
  let looked = 0;
  const place = {
    ...(since === undefined ? {} : { since }),
    ...(before === undefined ? {} : { before }),
  };
  for await (const entry of audit.list({ ...place, limit: most })) {
    looked++;
    if (fitsAudit(entry, filter)) {
      if (entries.length === limit) return { entries, next: last, isPartial: false };
      entries.push({ ...entry, at: isoTime(entry.at) });
    }
    last = entry.key;
  }
  const isPartial = !isAll && looked === most;
  return { entries, next: isPartial ? last : null, isPartial };
}
