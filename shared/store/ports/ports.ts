import type { PolicyHash, ServicePlanId, SkuId, UserId } from '../../kernel/ids';

/**
 * The state of the product, as ports; the one implementation of each is over Azure Tables (`table-*.ts`).
 * Times are milliseconds since the epoch. A lost race is ConcurrencyError; an unreachable or throttling service
 * is TransientError, after the client's own short retries.
 */
export type StoredReason = {
  readonly code: string;
  readonly text: string;
  readonly skuId?: SkuId;
  readonly servicePlanIds?: readonly ServicePlanId[];
  readonly rule?: string;
};

export type StoredLicense = { readonly skuId: SkuId; readonly disabledPlans: readonly ServicePlanId[] };

/** Written before a Graph write: after a crash it tells which of what the user now holds is ours. */
export type Intent = {
  readonly at: number;
  /** The direct holding before. */
  readonly before: readonly StoredLicense[];
  readonly add: readonly StoredLicense[];
  readonly remove: readonly SkuId[];
  readonly usageLocation: string | null;
  /** The ledger that becomes true when the write is confirmed. */
  readonly ledger: readonly StoredLedgerEntry[];
  readonly policyHash: PolicyHash;
};

/** Our last confirmed write. For 5 minutes it beats a read that still shows the state before it. */
export type LastWrite = {
  readonly at: number;
  readonly before: readonly StoredLicense[];
  readonly after: readonly StoredLicense[];
  readonly usageLocation: string | null;
};

/** The one scheduled look that counts: a scheduled hint with another token is dropped. */
export type RetryState = {
  /** `<number>.<random>`; see UserState.looks. */
  readonly token: string;
  /** The class of trouble; another class starts counting anew. */
  readonly key: string;
  readonly attempts: number;
  readonly at: number;
  readonly why: StoredReason;
};

/** A cause to look at a user again that is due later than the one in `retry`; see UserState.later. */
export type LaterReconcile = Omit<RetryState, 'token'>;

export type StoredSkuOutcome = {
  readonly skuId: SkuId;
  readonly outcome: string;
  readonly reason: StoredReason;
  readonly priority?: number;
  readonly fallback?: SkuId;
  readonly seeks?: readonly SkuId[];
};

export type UserState = {
  /** +1 with every decision recorded and every write started; names the timeline's rows. */
  readonly version: number;
  /** Writes started in all. */
  readonly tries: number;
  /** null: decided, and its operation is on its way. */
  readonly outcome: string | null;
  readonly reasons: readonly StoredReason[];
  readonly skus: readonly StoredSkuOutcome[];
  /** Hash of everything the last decision looked at; null: decide again. */
  readonly digest: string | null;
  readonly policyHash: PolicyHash | null;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
  readonly firstSeenAt: number;
  /** First time that Graph showed the user to a look; undefined: not yet, or by an older version of the app. */
  readonly foundAt?: number | undefined;
  readonly decidedAt: number | null;
  readonly writtenAt: number | null;
  readonly verifiedAt: number | null;
  /** First 404 in a row of them; null while the user is there. */
  readonly missingSince: number | null;
  /** Id of the message whose handling sent the operation of this decision, or was about to; undefined: none. */
  readonly decidedBy?: string | undefined;
  /** The version whose operation was sent to its lane; while it equals `version`, nobody has taken it up. */
  readonly sentVersion?: number | undefined;
  readonly intent: Intent | null;
  readonly lastWrite: LastWrite | null;
  /** The earliest reconcile that is due, and the only one whose message counts. */
  readonly retry: RetryState | null;
  /**
   * Reconciles for other causes, none of them earlier; undefined: none. Hosts before 2026-12 know of no such list and
   * drop it with the rows they write: each of their looks finds the dates again.
   */
  readonly later?: readonly LaterReconcile[] | undefined;
  /** Looks scheduled so far; a scheduled hint's token begins with its number. */
  readonly looks: number;
};

export type StoredLedgerEntry = {
  readonly skuId: SkuId;
  readonly disabledByUs: readonly ServicePlanId[];
  readonly rules: readonly string[];
  readonly policyHash: PolicyHash;
  readonly adopted: boolean;
  readonly notEntitledSince: number | null;
  readonly byPin?: true;
  readonly lapsedRules?: readonly { readonly rule: string; readonly since: number }[];
};

/** Who made an exception, until when (null: until released) and why. */
export type ExceptionOrigin = {
  readonly until: number | null;
  readonly why: string;
  readonly by: string;
  readonly at: number;
};

/** The exceptions of one user. Its own origin is that of the undo; extra licenses and the freeze have theirs. */
export type StoredException = ExceptionOrigin & {
  readonly skus: readonly {
    readonly skuId: SkuId;
    readonly disabledPlans: readonly ServicePlanId[] | null;
    readonly extra?: ExceptionOrigin;
  }[];
  readonly frozen?: ExceptionOrigin;
};

export const timelineSteps = [
  'seen',
  'decided',
  'intended',
  'written',
  'verified',
  'refused',
  'gone',
  'pinned',
] as const;
export type TimelineStep = (typeof timelineSteps)[number];

export type TimelineEntry = {
  readonly version: number;
  readonly step: TimelineStep;
  readonly at: number;
  readonly text: string;
  /** Anything worth keeping: the hint's source, the operation, Graph's request id. No secrets. */
  readonly facts: Readonly<Record<string, unknown>>;
};

/** Everything stored of one user. `etag` null: no row yet. */
export type UserRecord = {
  readonly userId: UserId;
  readonly etag: string | null;
  readonly state: UserState | null;
  readonly ledger: readonly StoredLedgerEntry[];
  readonly pin: StoredException | null;
};

export interface UserStore {
  /**
   * One query of the user's partition (state, ledger, pin; not the timeline). PermanentError `store/unreadable-user`:
   * a row of it does not hold what it should.
   */
  read(userId: UserId): Promise<UserRecord>;
  /**
   * One entity-group transaction, valid only while the state row is as `record` has it: state, the whole ledger
   * (entries that are missing are deleted), timeline rows (a row that exists already counts as recorded).
   * Answers the record as it is now. ConcurrencyError: read again and start over.
   */
  commit(
    record: UserRecord,
    change: {
      state: UserState;
      ledger?: readonly StoredLedgerEntry[];
      /** null: lifted; undefined: stays as it is. */
      pin?: StoredException | null;
      timeline?: readonly TimelineEntry[];
    },
  ): Promise<UserRecord>;
  /** Oldest first. */
  timeline(userId: UserId): Promise<readonly TimelineEntry[]>;
  /** All users with exceptions, also such as have ended, in no particular order. */
  pins(): AsyncIterable<{ readonly userId: UserId; readonly pin: StoredException }>;
  /** State rows with one of these outcomes, in no particular order. */
  listByOutcome(
    outcomes: readonly string[],
  ): AsyncIterable<{ readonly userId: UserId; readonly state: UserState }>;
  /** All state rows, in no particular order. This and every other list leaves out what cannot be read. */
  list(): AsyncIterable<{ readonly userId: UserId; readonly state: UserState }>;
  /**
   * Every user's rows but the timeline, in order of user id. For reports: a user who is written meanwhile may show
   * state and ledger of different versions.
   */
  records(): AsyncIterable<UserRecord>;
  /** Users of whom we granted something. Reads the keys of the whole table, so whoever asks keeps the answer. */
  countWithLedger(): Promise<number>;
}

/** A read position, such as a delta link, changed only by compare-and-set. */
export type Cursor = {
  readonly etag: string | null;
  readonly value: string | null;
  readonly updatedAt: number | null;
};

export interface CursorStore {
  read(name: string): Promise<Cursor>;
  commit(name: string, cursor: Cursor, value: string): Promise<Cursor>;
}

export const failureStates = ['open', 'dismissed', 'replayed'] as const;
export type FailureState = (typeof failureStates)[number];

/** Who dismissed or replayed a failure, and why. */
export type FailureSettlement = { readonly by: string; readonly why: string | null; readonly at: number };

export type Failure = {
  /** One open failure per subject and class; the subject is a user id, or `message:<id>` for unreadable ones. */
  readonly subject: string;
  readonly class: string;
  readonly state: FailureState;
  readonly reason: StoredReason;
  readonly suggestedRepair: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  /** What can be shown of the message or operation; no secrets. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Of one that a person dismissed or replayed; absent: open, or settled by an outcome. */
  readonly settledBy?: FailureSettlement;
};

export interface FailureStore {
  /**
   * Opens the failure, or counts it again when it is open already. One that was dismissed within `timing.store.failureDismissed`
   * stays so, and is counted.
   */
  record(failure: Omit<Failure, 'state' | 'firstAt' | 'lastAt' | 'count'>, at: number): Promise<void>;
  /** Marks the open and the dismissed failures of a subject as settled, because the subject has an outcome again. */
  settle(subject: string, at: number): Promise<void>;
  list(state: FailureState): AsyncIterable<Failure>;
  /** In any state. */
  ofSubject(subject: string): Promise<readonly Failure[]>;
  /** False: it was not open. */
  dismiss(failure: Pick<Failure, 'subject' | 'class'>, by: FailureSettlement): Promise<boolean>;
  /** Opens one that a person dismissed or replayed. False: there is none such. */
  restore(failure: Pick<Failure, 'subject' | 'class'>): Promise<boolean>;
  /** Marks it as replayed while it is as it was seen. False: it happened again, or somebody else was first. */
  markReplayed(seen: Failure, by: FailureSettlement): Promise<boolean>;
}

/**
 * The tenant's write budget, one row for all instances: a token bucket of `ratePerSecond` with a burst of 2 s.
 * Processes lease slices of at most 1 s.
 */
export type QuotaRow = {
  readonly ratePerSecond: number;
  readonly tokens: number;
  /** What a full bucket spilled, at most one slice: all that bulk may take, so that 2 s always stay for express. */
  readonly spare: number;
  readonly updatedAt: number;
  /** Nobody writes before this time (Retry-After). */
  readonly notBefore: number;
};

export type WriteKind = 'express' | 'bulk';

/** What apply sees: wait until one write may be sent. */
export interface WriteQuota {
  /** Resolves when `writes` writes may be sent now. Bulk gets only what leaves 2 s of quota for express. */
  acquire(kind: WriteKind, writes: number, signal?: AbortSignal): Promise<void>;
  /** What was acquired and is not needed; others draw it, as long as it is no older than any other quota in hand. */
  giveBack(kind: WriteKind, writes: number): void;
  /** Whether everybody waits for Graph now, as far as this process knows: what is in hand must not be used. */
  isClosed(): boolean;
  /** Graph said 429 or Directory_ConcurrencyViolation: everybody waits, and the rate falls. */
  backOff(retryAfterMs: number | undefined): Promise<void>;
  /** A write went through: the rate climbs back, additively. */
  succeeded(): void;
  /** What the row allowed when this process last saw it. */
  ratePerSecond(): number;
}
