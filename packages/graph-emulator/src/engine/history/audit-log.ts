import { isoTime } from '../../../../emulator-kit/src/clock';

export type AuditTarget = {
  readonly id: string;
  readonly displayName: string | null;
  readonly type: 'User' | 'Group';
  readonly userPrincipalName: string | null;
};

/** As it is kept: the answer is put together when a request asks for it. */
export type AuditEvent = {
  readonly at: number;
  readonly activity: string;
  readonly category: 'UserManagement' | 'GroupManagement';
  readonly operation: 'Add' | 'Update' | 'Delete' | 'Assign';
  /** Why it failed; null: it did not fail. */
  readonly failure: string | null;
  readonly note: string;
  readonly app: string;
  /** Whom it was done to: a user with the properties it had then, or the objects themselves. */
  readonly user: { readonly id: string } | undefined;
  readonly properties: Readonly<Record<string, unknown>> | undefined;
  readonly targets: readonly AuditTarget[] | undefined;
  readonly modified: readonly string[];
};

/** Events kept; the oldest go first. */
const capacity = 100_000;

/**
 * The directory's audit log; activity names as in
 * https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities.
 */
export class AuditLog {
  private events: AuditEvent[] = [];
  private dropped = 0;
  private readonly listeners = new Set<(audit: Record<string, unknown>) => void>();

  add(event: AuditEvent): void {
    this.events.push(event);
    if (this.listeners.size > 0) {
      const audit = toDirectoryAudit(event, this.dropped + this.events.length - 1);
      for (const listener of this.listeners) listener(audit);
    }
    // Cut in halves, so that a long run pays for it rarely.
    if (this.events.length > capacity * 2) {
      this.dropped += capacity;
      this.events = this.events.slice(capacity);
    }
  }

  /** `listener` gets each event that comes, in the shape of `newestFirst`. The answer ends that. */
  listen(listener: (audit: Record<string, unknown>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Newest first, in the shape of https://learn.microsoft.com/graph/api/resources/directoryaudit. */
  *newestFirst(): Generator<Record<string, unknown>> {
    for (let index = this.events.length - 1; index >= 0; index -= 1) {
      const event = this.events[index];
      if (event) yield toDirectoryAudit(event, this.dropped + index);
    }
  }
}

function targetsOf({ targets, user, properties = {} }: AuditEvent): readonly AuditTarget[] {
  if (targets || !user) return targets ?? [];
  const { displayName, userPrincipalName } = properties;
  return [
    {
      id: user.id,
      type: 'User',
      displayName: typeof displayName === 'string' ? displayName : null,
      userPrincipalName: typeof userPrincipalName === 'string' ? userPrincipalName : null,
    },
  ];
}

/** The same event for a file: whole in itself. */
export function storedEvent(event: AuditEvent): AuditEvent {
  return { ...event, user: undefined, properties: undefined, targets: targetsOf(event) };
}

function toDirectoryAudit(event: AuditEvent, number: number): Record<string, unknown> {
  const id = `Directory_${event.at.toString(36)}_${number.toString(36)}`;
  return {
    id,
    category: event.category,
    correlationId: id,
    result: event.failure === null ? 'success' : 'failure',
    resultReason: event.failure ?? event.note,
    activityDisplayName: event.activity,
    activityDateTime: isoTime(event.at),
    loggedByService: 'Core Directory',
    operationType: event.operation,
    initiatedBy: { user: null, app: { appId: null, displayName: event.app } },
    targetResources: targetsOf(event).map((target) => ({
      ...target,
      modifiedProperties: event.modified.map((displayName) => ({
        displayName,
        oldValue: null,
        newValue: null,
      })),
    })),
    additionalDetails: [],
  };
}
