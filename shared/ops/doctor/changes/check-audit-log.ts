import { isoTime } from '../../../kernel/clock';
import { timing } from '../../../kernel/timing';
import { readLastAuditRecord } from '../../../pipeline/intake/audit/last-audit-record';
import type { Services } from '../../../pipeline/services';
import { ok, warn } from '../finding';
import type { Finding } from '../finding';

const name = 'audit log';
const howTo =
  'Entra’s diagnostic setting is to send AuditLogs to the event hub, and the app’s identity to be Azure Event Hubs Data Receiver there: docs/deploy.md, step 6. The log of entra-audit-log has every attempt.';

/** Whether records of Entra's audit log come, and not too late. Nothing where no event hub is set. */
export async function checkAuditLog({
  cursors,
  settings,
  clock,
}: Pick<Services, 'clock' | 'cursors' | 'settings'>): Promise<readonly Finding[]> {
  if ((settings.auditHub ?? null) === null) return [];
  const { at, lagMs } = await readLastAuditRecord(cursors);
  if (at === null) return [warn(name, 'no record of this tenant has come yet', howTo)];
  const { auditSilent, auditLate } = timing.doctor;
  if (clock.now() - at > auditSilent.ms)
    return [warn(name, `no record has come since ${isoTime(at)}`, howTo)];
  const lag = lagMs === null ? '' : `, ${String(Math.round(lagMs / 1_000))} s after its change`;
  const text = `the last record came at ${isoTime(at)}${lag}`;
  return [
    lagMs !== null && lagMs > auditLate.ms
      ? warn(
          name,
          text,
          'Records come within minutes as a rule. More: the function entra-audit-log is behind, or Microsoft is.',
        )
      : ok(name, text),
  ];
}
