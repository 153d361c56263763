import type { AuditEvent } from './audit-log';
import type { EngineContext } from './context';
import type { UserRecord } from './records';

type AuditNote = {
  readonly app?: string;
  readonly modified?: readonly string[];
  /** Why it failed; left out: it did not. */
  readonly reason?: string;
  readonly operation?: AuditEvent['operation'];
};

export function auditUser(
  context: EngineContext,
  user: UserRecord,
  activity: string,
  note: AuditNote = {},
): void {
  const { displayName, userPrincipalName } = user.version.properties;
  context.audit.add({
    at: context.clock.now(),
    activity,
    category: 'UserManagement',
    operation: note.operation ?? 'Update',
    isSuccess: note.reason === undefined,
    reason: note.reason ?? '',
    app: note.app ?? 'application',
    targets: [
      {
        id: user.id,
        type: 'User',
        displayName: typeof displayName === 'string' ? displayName : null,
        userPrincipalName: typeof userPrincipalName === 'string' ? userPrincipalName : null,
      },
    ],
    modified: note.modified ?? [],
  });
}
