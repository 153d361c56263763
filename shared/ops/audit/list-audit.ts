import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';

/** What an operator did, when and why. Times are ISO 8601. */
export type AuditView = {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly subject: string;
  readonly why: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
};

/** The newest first; `since` in milliseconds. */
export async function listAudit(
  { audit }: Pick<Services, 'audit'>,
  options: { readonly since?: number; readonly limit?: number } = {},
): Promise<readonly AuditView[]> {
  const views: AuditView[] = [];
  for await (const entry of audit.list(options)) views.push({ ...entry, at: isoTime(entry.at) });
  return views;
}
