import type { Clock } from './kernel/clock';
import type { Logger } from './kernel/logger';
import type { Random } from './kernel/random';
import type { EventSink } from './observe/event-sink';
import { copyToLog } from './ops/audit/copy-to-log';
import { makeCrashWatch } from './pipeline/crashes/crash-watch';
import { makeLedgerCount } from './pipeline/guards/ledger-count';
import { BulkPacer } from './pipeline/intake/bulk-pacer';
import { makeExpressWindow } from './pipeline/intake/express-window';
import type { observeWork } from './pipeline/observed/observe-work';
import { makeLastSuccess } from './pipeline/pauses/last-success';
import { makePauseSource } from './pipeline/pauses/pause-source';
import { makeDrainGate } from './pipeline/seats/drain-gate';
import type { Services } from './pipeline/services';
import { makeCatalogueSource } from './pipeline/sources/catalogue-source';
import { makeLearntConflictSource } from './pipeline/sources/learnt-conflict-source';
import type { PolicyFileReader } from './pipeline/sources/policy-file';
import { makePolicySource } from './pipeline/sources/policy-source';
import { makeRolloutSource } from './pipeline/sources/rollout-source';
import { makeWaitingSkus } from './pipeline/sources/waiting-skus';
import type { DeadLetterSource } from './queue/dead-letter-source';
import type { StraySessions } from './queue/stray-sessions';
import type { WriteQuota } from './quota/write-quota';
import type { TableStores } from './store/tables/table-stores';

/** What a process talks to and is set to, whatever is at the other end. */
export type ServiceParts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  /** This process, see `thisInstance`. */
  readonly instance: string;
  readonly logger: Logger;
  readonly stores: TableStores;
  /** Directory, queues, users and failures, watched. */
  readonly observed: ReturnType<typeof observeWork>;
  readonly quota: WriteQuota;
  readonly deadLetters: DeadLetterSource;
  /** Absent: nothing else can send to the queues. */
  readonly straySessions?: StraySessions;
  readonly events: EventSink;
  readonly policyFile: PolicyFileReader;
  readonly mayStorePolicy: boolean;
  readonly settings: Services['settings'];
};

/** Everything that one process of the product has: in the cloud, on one machine, on a moved clock. */
export function assembleServices(parts: ServiceParts): Services {
  const { clock, random, newId, instance, logger, stores, observed } = parts;
  const catalogue = makeCatalogueSource(observed.directory, clock);
  return {
    clock,
    random,
    newId,
    ...observed,
    cursors: stores.cursors,
    attention: stores.attention,
    leases: stores.leases,
    policies: stores.policies,
    rollouts: stores.rollouts,
    rolloutStates: makeRolloutSource(stores.rollouts, clock),
    guards: stores.guards,
    ledgerCount: makeLedgerCount(stores.users, clock),
    waiting: stores.waiting,
    waitingSkus: makeWaitingSkus(stores.waiting, clock),
    drainGate: makeDrainGate(),
    learntConflictStore: stores.learntConflicts,
    learntConflicts: makeLearntConflictSource(stores.learntConflicts, clock),
    audit: copyToLog(stores.audit, logger),
    control: stores.control,
    rows: stores.rows,
    personal: stores.personal,
    pauses: makePauseSource(stores.control, clock),
    lastSuccess: makeLastSuccess(stores.control, clock),
    events: parts.events,
    times: stores.times,
    handling: stores.handling,
    crashWatch: makeCrashWatch({ store: stores.handling, clock, logger, instance }),
    quota: parts.quota,
    deadLetters: parts.deadLetters,
    straySessions: parts.straySessions ?? { drain: async () => 0 },
    policy: makePolicySource({
      store: stores.policies,
      file: parts.policyFile,
      readCatalogue: async () => (await catalogue.read()).catalogue,
      directory: observed.directory,
      clock,
      logger,
      mayStore: parts.mayStorePolicy,
    }),
    catalogue,
    bulkPacer: new BulkPacer(clock),
    expressWindow: makeExpressWindow(stores.cursors, clock),
    locationLag: { refusedAt: -Infinity },
    settings: parts.settings,
  };
}
