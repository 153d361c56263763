/** What a person did to the queue, the policy or a user, and why. Never changed, never deleted by the product. */
export type AuditEntry = {
  readonly at: number;
  readonly by: string;
  /** `policy/activate`, `rollout/approve`, `failure/dismiss`, `pause/set`, `pin/set`, … */
  readonly action: string;
  /** What it was done to: a user id, a rollout id, a scope, a failure's class. */
  readonly subject: string;
  readonly why: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
};

export interface AuditStore {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(options?: { readonly since?: number; readonly limit?: number }): AsyncIterable<AuditEntry>;
}
