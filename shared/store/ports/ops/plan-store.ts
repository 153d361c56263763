/** A plan that was made for a person, kept for a day. `Head`: everything but its lines; both are JSON. */
export type StoredPlan = {
  readonly id: string;
  /** Milliseconds. */
  readonly at: number;
  readonly head: unknown;
};

export interface PlanStore {
  /** Lines first, in portions; a plan without its head is not shown. Repeating it is harmless. */
  save(plan: StoredPlan, lines: readonly unknown[]): Promise<void>;
  read(id: string): Promise<StoredPlan | undefined>;
  /** Lines `from` (0, 1, …) on, `limit` at most. */
  lines(id: string, from: number, limit: number): Promise<readonly unknown[]>;
  /** Forgets plans that were made before. */
  removeBefore(at: number): Promise<void>;
}
