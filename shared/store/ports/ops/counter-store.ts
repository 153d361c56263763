/** How often something happened, by name; names of levels, such as `users.licensed`, also count down. */
export type Counts = Readonly<Record<string, number>>;

/** What one process counted since its row before; `at`: when it was written, milliseconds. */
export type CounterRow = { readonly at: number; readonly counts: Counts };

/** Counts of all processes, kept for an hour. */
export interface CounterStore {
  /** `process` and `at` name the row: adding it again changes nothing. */
  add(row: CounterRow & { readonly process: string }): Promise<void>;
  /** Rows written later than `after` (milliseconds), the oldest first. */
  list(after: number): AsyncIterable<CounterRow>;
  /** Forgets what was written until then. */
  removeUntil(at: number): Promise<void>;
}
