import type { AuditEvent, AuditTarget } from './audit-log';
import type { EngineContext } from '../context';
import type { UserRecord } from '../records';

type AuditNote = {
  readonly app?: string;
  readonly modified?: readonly string[];
  /** Why it failed; left out: it did not. */
  readonly reason?: string;
  readonly operation?: AuditEvent['operation'];
};

const nothing: readonly string[] = [];
const noNote: AuditNote = {};

/** Records a change of a user for /auditLogs/directoryAudits. */
export function auditUser(
  context: EngineContext,
  user: UserRecord,
  activity: string,
  note: AuditNote = noNote,
): void {
  record(context, {
    at: context.clock.now(),
    activity,
    category: 'UserManagement',
    operation: note.operation ?? 'Update',
    failure: note.reason ?? null,
    note: '',
    app: note.app ?? 'application',
    user,
    properties: user.version.properties,
    targets: undefined,
    modified: note.modified ?? nothing,
  });
}

/** Records a change of a group, with its targets. */
export function auditTargets(
  context: EngineContext,
  event: Pick<AuditEvent, 'activity' | 'operation' | 'note' | 'app' | 'modified'> & {
    readonly targets: readonly AuditTarget[];
  },
): void {
  record(context, {
    ...event,
    at: context.clock.now(),
    category: 'GroupManagement',
    failure: null,
    user: undefined,
    properties: undefined,
  });
}

function record(context: EngineContext, event: AuditEvent): void {
  context.audit.add(event);
  context.journal.audit(event);
}
