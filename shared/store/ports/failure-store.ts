import type { Failure, FailureSettlement, FailureState } from '../../words/failure';

/** Where a failure stands in the list of its state: enough to count by class, and to find a page. */
export type FailurePlace = { readonly key: string; readonly class: string; readonly lastAt: number };

/** `first` and `last`: keys of places. */
export type PlaceSpan = { readonly first: string; readonly last: string; readonly only?: string };

/** Work that was given up on. */
export interface FailureStore {
  /**
   * Opens the failure, or counts it again when it is open already. One that was dismissed within `timing.store.failureDismissed`
   * stays so, and is counted. `since`: when it failed first, where that was before: one that was replayed, and fails again, is
   * as old as it was. Milliseconds.
   */
  record(
    failure: Omit<Failure, 'state' | 'firstAt' | 'lastAt' | 'count'>,
    at: number,
    since?: number,
  ): Promise<void>;
  /** Closes the open and the dismissed failures of a subject, because the subject has an outcome again. */
  close(subject: string, at: number): Promise<void>;
  /**
   * Without what cannot be read, the latest first. From an index beside the rows, which a crash may leave behind them until
   * `reindex`.
   */
  list(state: FailureState): AsyncIterable<Failure>;
  /** In the order of `list`, at a fraction of its cost: what failed is not read. `only`: of this class. */
  places(state: FailureState, only?: string): AsyncIterable<FailurePlace>;
  /** What stands from one place to another, both included; `only`: of this class. */
  between(state: FailureState, places: PlaceSpan): AsyncIterable<Failure>;
  /** Makes the index of `list` say what the rows say: reads them all. */
  reindex(): Promise<void>;
  /** In any state. */
  ofSubject(subject: string): Promise<readonly Failure[]>;
  /** False: it was not open. */
  dismiss(failure: Pick<Failure, 'subject' | 'class'>, by: FailureSettlement): Promise<boolean>;
  /** Opens one that a person dismissed or replayed. False: there is none such. */
  restore(failure: Pick<Failure, 'subject' | 'class'>): Promise<boolean>;
  /** Marks it as replayed while it is as it was seen. False: it happened again, or another process was first. */
  markReplayed(seen: Failure, by: FailureSettlement): Promise<boolean>;
}
