/**
 * How an action ended. `asked`: it has begun, or its process ended in between; `done`; `refused`: it was not allowed or
 * not possible; `failed`: the product or a service it needs was at fault.
 */
export const auditResults = ['asked', 'done', 'refused', 'failed'] as const;
export type AuditResult = (typeof auditResults)[number];

/** What a person did to the queue, the policy or a user, and why. Never deleted by the product. */
export type AuditEntry = {
  readonly at: number;
  /** The name that the token shows; `byId` tells people apart. */
  readonly by: string;
  /** Object id from the token; absent: recorded by a version of the app without sign-in. */
  readonly byId?: string;
  /** The application roles of the token, such as `Viewer,Operator`. */
  readonly role?: string;
  /** From where: the page, a command line, or an application without a user. */
  readonly via?: 'page' | 'cli' | 'app';
  /** `policy/activate`, `rollout/approve`, `failure/dismiss`, `pause/set`, `pin/set`, … */
  readonly action: string;
  /** What it was done to: a user id, a rollout id, a scope, a failure's class. */
  readonly subject: string;
  readonly why: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Absent: recorded after it was done, by an earlier version. */
  readonly result?: AuditResult;
  /** The request that asked for it, as the answer's `x-request-id` says. */
  readonly requestId?: string;
};

export type AuditFilter = {
  /** Milliseconds. */
  readonly since?: number;
  readonly limit?: number;
  /** Only entries older than the one with this key, which `list` gave. */
  readonly before?: string;
  /** A name or an object id. */
  readonly by?: string;
  readonly action?: string;
  readonly subject?: string;
};

export interface AuditStore {
  /** Answers the key of the entry, for `amend`. */
  record(entry: AuditEntry): Promise<string>;
  /** Says how an entry that was `asked` has ended; one that has ended already stays as it is. */
  amend(key: string, end: Partial<AuditEntry> & Pick<AuditEntry, 'result'>): Promise<void>;
  /** Newest first. */
  list(filter?: AuditFilter): AsyncIterable<AuditEntry & { readonly key: string }>;
}
