import type { KeptLook } from './kept-look';

/** How often something happened, by name; names of levels, such as `users.licensed`, also count down. */
export type Counts = Readonly<Record<string, number>>;

/** What one process counted since its row before; `at`: when it was written, milliseconds. */
export type CounterRow = { readonly at: number; readonly counts: Counts };

/** Counts of all processes, kept for an hour, and what `observe` saw last. */
export interface CounterStore {
  /** `process` and `at` name the row: adding it again changes nothing. */
  add(row: CounterRow & { readonly process: string }): Promise<void>;
  /** Rows written later than `after` (milliseconds), the oldest first. */
  list(after: number): AsyncIterable<CounterRow>;
  /** The same, and what was kept of the last look of `observe`; undefined: nothing. One request. */
  listWithLook(
    after: number,
  ): Promise<{ readonly look: KeptLook | undefined; readonly rows: readonly CounterRow[] }>;
  /** Keeps this look in the place of an earlier one; a later one stays, unless it is later by more than `timing.ops.lookKept`. */
  keepLook(look: KeptLook): Promise<void>;
  /** Forgets the rows that were written until then. */
  removeUntil(at: number): Promise<void>;
}
