import type { Services } from '../../pipeline/services';
import type { AuditEntry } from '../../words/audit-entry';

/** An entry that says `asked` until the work says how it ended. */
export type AskedEntry = {
  readonly key: string;
  isCompleted: boolean;
  /** The end, where it could not be written yet. */
  unwritten?: Partial<AuditEntry>;
  /** Belong to the entry however it ends, such as who approved. */
  readonly facts?: Readonly<Record<string, unknown>>;
};

/** Who asks for something, and why; both go into the audit table. */
export type Operator = {
  readonly by: string;
  readonly why: string | null;
  /** What the token says beside the name; absent: the product itself. */
  readonly byId?: string;
  readonly role?: string;
  readonly via?: 'page' | 'cli' | 'app';
  readonly requestId?: string;
  /** The entry that was written before the work began: the first action recorded completes it. */
  readonly asked?: AskedEntry;
};

/** Records what an operator did: completes the entry that was written before the work, or writes one. */
export async function recordAction(
  { audit, clock }: Pick<Services, 'audit' | 'clock'>,
  operator: Operator,
  action: string,
  subject: string,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { asked } = operator;
  if (asked !== undefined && !asked.isCompleted) {
    const end = {
      action,
      subject,
      why: operator.why,
      facts: { ...asked.facts, ...facts },
      result: 'done',
    } as const;
    asked.isCompleted = true;
    // The action is done. Who began the entry writes its end once more, and says so where that fails too.
    await audit.amend(asked.key, end).catch(() => {
      asked.unwritten = end;
    });
    return;
  }
  await audit.record({ ...entryOf(operator), at: clock.now(), action, subject, facts, result: 'done' });
}

/** Who a rollout names as the one who asked for it. */
export function askedBy({ by, byId }: Operator): { readonly by: string; readonly byId?: string } {
  return byId === undefined ? { by } : { by, byId };
}

/** The part of an audit entry that says who asks, and why. */
export function entryOf(
  operator: Operator,
): Pick<AuditEntry, 'by' | 'why' | 'byId' | 'role' | 'via' | 'requestId'> {
  const { by, why, byId, role, via, requestId } = operator;
  return {
    by,
    why,
    ...(byId === undefined ? {} : { byId }),
    ...(role === undefined ? {} : { role }),
    ...(via === undefined ? {} : { via }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
