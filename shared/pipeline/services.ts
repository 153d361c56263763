import type { Clock } from '../kernel/clock';
import type { Random } from '../kernel/random';
import type { Secret } from '../kernel/secret';
import type { Directory } from '../graph/directory';
import type { EventSink } from '../observe/event-sink';
import type { Metrics } from '../observe/metrics';
import type { DeadLetterSource } from '../queue/dead-letter-source';
import type { QueueSender } from '../queue/queue-sender';
import type { StraySessions } from '../queue/stray-sessions';
import type { AttentionStore } from '../store/ports/ops/attention-store';
import type { AuditStore } from '../store/ports/audit-store';
import type { ControlStore } from '../store/ports/control-store';
import type { GuardStore } from '../store/ports/guard-store';
import type { PersonalRows } from '../store/ports/personal-rows';
import type { StoredRows } from '../store/ports/stored-rows';
import type { PolicyStore } from '../store/ports/policy-store';
import type { RolloutStore } from '../store/ports/rollout-store';
import type { TimesStore } from '../store/ports/times-store';
import type { LearntConflictStore } from '../store/ports/learnt-conflict-store';
import type { WaitingStore } from '../store/ports/waiting-store';
import type { HandlingStore } from '../store/ports/handling-store';
import type { CatalogueSource } from './sources/catalogue-source';
import type { BulkPacer } from './intake/bulk-pacer';
import type { ExpressWindow } from './intake/express-window';
import type { CrashWatch } from './crashes/crash-watch';
import type { LedgerCount } from './guards/ledger-count';
import type { RolloutSource } from './sources/rollout-source';
import type { LastSuccess } from './pauses/last-success';
import type { PauseSource } from './pauses/pause-source';
import type { DrainGate } from './seats/drain-gate';
import type { LearntConflictSource } from './sources/learnt-conflict-source';
import type { PolicySource } from './sources/policy-source';
import type { WaitingSkus } from './sources/waiting-skus';
import type { CursorStore } from '../store/ports/cursor-store';
import type { FailureStore } from '../store/ports/failure-store';
import type { UserStore } from '../store/ports/user-store';
import type { WriteQuota } from '../quota/write-quota';
import type { LeaseStore } from '../store/ports/lease-store';

/**
 * What a process has: ports, caches and settings, built once in shared/wiring.ts. A function takes the few it uses
 * (`Pick<Services, …>`). What belongs to the message in hand is a Task.
 */
export type Services = {
  readonly clock: Clock;
  readonly random: Random;
  /** A fresh unguessable id. */
  readonly newId: () => string;
  readonly directory: Directory;
  readonly users: UserStore;
  readonly cursors: CursorStore;
  readonly failures: FailureStore;
  /** Users who are not done: an index beside `users`. */
  readonly attention: AttentionStore;
  readonly leases: LeaseStore;
  readonly policies: PolicyStore;
  readonly rollouts: RolloutStore;
  /** The rollouts of `rollouts`, as handlers ask for them: at most 5 s old. */
  readonly rolloutStates: RolloutSource;
  readonly guards: GuardStore;
  readonly ledgerCount: LedgerCount;
  readonly waiting: WaitingStore;
  readonly waitingSkus: WaitingSkus;
  readonly drainGate: DrainGate;
  readonly learntConflictStore: LearntConflictStore;
  /** The conflicts of `learntConflictStore` and Microsoft's own, as deciding wants them: at most 5 s old. */
  readonly learntConflicts: LearntConflictSource;
  readonly audit: AuditStore;
  readonly control: ControlStore;
  /** All tables as they are stored: what cannot be read, and putting it aside. */
  readonly rows: StoredRows;
  /** What the tables hold of people, and deleting it. */
  readonly personal: PersonalRows;
  /** The pauses of `control`, as handlers ask for them: at most 2 s old. */
  readonly pauses: PauseSource;
  /** When a scope last worked, in any process: evidence that a refusal is one user's own. */
  readonly lastSuccess: LastSuccess;
  readonly handling: HandlingStore;
  readonly crashWatch: CrashWatch;
  /** Counts what handling messages comes to, and which source brought news of users. */
  readonly metrics: Pick<Metrics, 'found' | 'gap' | 'handled'>;
  /** Where the outside is notified about trouble. */
  readonly events: EventSink;
  /** How long the way to a license took, user by user. */
  readonly times: TimesStore;
  readonly quota: WriteQuota;
  readonly queues: QueueSender;
  /** When this process's crowds are looked at. */
  readonly bulkPacer: BulkPacer;
  /** Which users of changes go by express, counted over all processes. */
  readonly expressWindow: ExpressWindow;
  readonly deadLetters: DeadLetterSource;
  /** Sessions that are no lanes: messages of other senders. */
  readonly straySessions: StraySessions;
  readonly policy: PolicySource;
  readonly catalogue: CatalogueSource;
  /** When Graph last refused a license for a usage location that had just been set; of this process. */
  readonly locationLag: { refusedAt: number };
  readonly settings: {
    readonly tenantId: string;
    readonly lanes: number;
    /** Our share of what Graph allows, writes per second. */
    readonly writesPerSecond: number;
    readonly permissions: 'full' | 'license-only';
    /** First look at whether a write has reached the services, milliseconds after it; 0: never. */
    readonly verifyAfterMs: number;
    readonly clientState: Secret | null;
    readonly notificationUrl: string | null;
    /** The event hub with Entra's audit log; null or absent: it is not read. */
    readonly auditHub?: string | null;
    /** Users who were there before the app are counted at its first start. */
    readonly firstCensus: boolean;
    /** Who must approve rollouts; absent: `guards`. */
    readonly approval?: 'guards' | 'always' | 'one-person';
    /** How long timelines are kept, and the rows of users whom the directory does not know any more; milliseconds. */
    readonly kept: { readonly historyMs: number; readonly leaversMs: number };
  };
};
