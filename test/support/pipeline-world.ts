import type { DeadLetter } from '../../shared/queue/dead-letter-source';
import { GraphError } from '../../shared/graph/refusals/graph-error';
import type { LicenseWrite } from '../../shared/graph/directory';
import { ConcurrencyError } from '../../shared/kernel/errors';
import { toUserId } from '../../shared/kernel/ids';
import type { UserId } from '../../shared/kernel/ids';
import type { OutgoingEvent } from '../../shared/observe/event-sink';
import { noMetrics } from '../../shared/observe/metrics';
import { applyToUser } from '../../shared/pipeline/handlers/apply-user';
import { makeCatalogueSource } from '../../shared/pipeline/sources/catalogue-source';
import { BulkPacer } from '../../shared/pipeline/intake/bulk-pacer';
import { makeExpressWindow } from '../../shared/pipeline/intake/express-window';
import { decideUser } from '../../shared/pipeline/handlers/decide-user';
import type { Services } from '../../shared/pipeline/services';
import type { Task } from '../../shared/pipeline/task';
import { makePolicySource } from '../../shared/pipeline/sources/policy-source';
import { makeRolloutSource } from '../../shared/pipeline/sources/rollout-source';
import { makeLastSuccess } from '../../shared/pipeline/pauses/last-success';
import { makePauseSource } from '../../shared/pipeline/pauses/pause-source';
import { makeDrainGate } from '../../shared/pipeline/seats/drain-gate';
import { makeLearntConflictSource } from '../../shared/pipeline/sources/learnt-conflict-source';
import { makeWaitingSkus } from '../../shared/pipeline/sources/waiting-skus';
import type { Hint, OperationMessage } from '../../shared/queue/messages';
import { makeMemoryControl } from './memory/memory-control';
import { makeMemoryCursors } from './memory/memory-cursors';
import { makeMemoryGuards, makeMemoryPolicies, makeMemoryRollouts } from './memory/memory-stores';
import { makeRecordingLogger } from './recording-logger';
import { makeAuditRows } from './world/audit-rows';
import { makeLearntConflictRows } from './world/learnt-conflict-rows';
import { makeWaitingRows } from './world/waiting-rows';
import { ems, intune, makeWorldDirectory, makeWorldKnobs, premium } from './world/world-directory';
import type { AuditEntry } from '../../shared/words/audit-entry';
import type { Failure } from '../../shared/words/failure';
import type { LedgerEntry } from '../../shared/words/ledger';
import type { TimelineEntry } from '../../shared/words/timeline';
import type { UserState } from '../../shared/words/user-state';

const dayMs = 86_400_000;

export { ems, intune, premium };
export const userId = toUserId('bbbbbbbb-0000-4000-8000-000000000002');

const policyText = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

export type Sent =
  | { readonly kind: 'hint'; readonly hint: Hint; readonly at: number }
  | { readonly kind: 'operation'; readonly message: OperationMessage; readonly queue: string };

/**
 * The real handlers over the smallest world that can be stopped between any two steps: one user, one row, one list
 * of messages, a clock that only moves when told. The wires are tested elsewhere; here it is the order of steps.
 */
export function makePipelineWorld() {
  let now = Date.UTC(2026, 0, 1);
  let row: UserState | null = null;
  let ledger: readonly LedgerEntry[] = [];
  let etag = 0;
  let ids = 0;
  const sent: Sent[] = [];
  const timeline: TimelineEntry[] = [];
  const audit: AuditEntry[] = [];
  const failures: Pick<Failure, 'subject' | 'class' | 'reason'>[] = [];
  const writes: LicenseWrite[] = [];
  const events: OutgoingEvent[] = [];
  const results: string[] = [];
  const world = { policyText: policyText as string | null, usersWithLedger: 100, ...makeWorldKnobs() };

  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const control = makeMemoryControl();
  const waiting = makeWaitingRows();
  const learntConflictStore = makeLearntConflictRows();
  const directory = makeWorldDirectory(world, writes);

  const catalogue = makeCatalogueSource(directory, clock);
  const policies = makeMemoryPolicies();
  const rollouts = makeMemoryRollouts();
  const pipeline = {
    clock,
    random: () => 0.5,
    newId: () => `id${++ids}`,
    directory,
    users: {
      read: async (id: UserId) => ({
        userId: id,
        etag: row === null ? null : String(etag),
        state: row,
        ledger,
        exception: null,
      }),
      commit: async (
        record: { etag: string | null; ledger: readonly LedgerEntry[] },
        change: {
          state: UserState;
          ledger?: readonly LedgerEntry[];
          timeline?: readonly TimelineEntry[];
        },
      ) => {
        await world.beforeCommit();
        if ((row === null ? null : String(etag)) !== record.etag) throw new ConcurrencyError('the row');
        row = structuredClone(change.state);
        ledger = [...(change.ledger ?? record.ledger)];
        timeline.push(...(change.timeline ?? []));
        etag++;
        return { ...record, etag: String(etag), state: row, ledger };
      },
    },
    failures: {
      record: async (failure: Failure) => {
        failures.push(failure);
      },
      close: async (subject: string) => {
        failures.splice(0, failures.length, ...failures.filter((open) => open.subject !== subject));
      },
    },
    leases: { take: async () => true, release: async () => undefined },
    waiting,
    waitingSkus: makeWaitingSkus(waiting, clock),
    drainGate: makeDrainGate(),
    learntConflictStore,
    learntConflicts: makeLearntConflictSource(learntConflictStore, clock),
    audit: makeAuditRows(audit),
    control,
    pauses: makePauseSource(control, clock),
    times: { record: async () => undefined },
    lastSuccess: makeLastSuccess(control, clock),
    events: { emit: (event: OutgoingEvent) => events.push(event) },
    quota: {
      acquire: () => world.onQuota(),
      giveBack: () => undefined,
      isClosed: () => false,
      backOff: async () => {
        now += 1_000;
      },
      succeeded: () => undefined,
    },
    queues: {
      sendHints: async (hints: readonly Hint[], options: { scheduledAt?: number } = {}) => {
        for (const hint of hints) sent.push({ kind: 'hint', hint, at: options.scheduledAt ?? now });
      },
      sendOperation: async (queue: string, message: OperationMessage) => {
        sent.push({ kind: 'operation', message, queue });
      },
    },
    deadLetters: {
      drain: async (_queue: string, _most: number, _handle: (letter: DeadLetter) => Promise<void>) => 0,
    },
    policies,
    policy: makePolicySource({
      store: policies,
      file: {
        path: 'policy.yaml',
        read: async () => {
          if (world.policyText === null) throw new Error('EIO');
          return world.policyText;
        },
      },
      readCatalogue: async () => (await catalogue.read()).catalogue,
      directory,
      clock,
      logger: makeRecordingLogger(),
      mayStore: true,
    }),
    rollouts,
    rolloutStates: makeRolloutSource(rollouts, clock),
    guards: makeMemoryGuards(),
    ledgerCount: async () => world.usersWithLedger,
    catalogue,
    bulkPacer: new BulkPacer(clock),
    expressWindow: makeExpressWindow(
      makeMemoryCursors(() => now),
      clock,
    ),
    metrics: {
      ...noMetrics,
      handled: (...result: string[]) => void results.push(result.filter(Boolean).join(' ')),
    },
    locationLag: { refusedAt: -Infinity },
    settings: {
      tenantId: 't',
      lanes: 32,
      writesPerSecond: 16,
      permissions: 'full',
      verifyAfterMs: 0,
      clientState: null,
      notificationUrl: null,
      kept: { historyMs: 90 * dayMs, leaversMs: 180 * dayMs },
    },
  } as unknown as Services;
  const task: Task = { logger: makeRecordingLogger() };

  const hint = (extra: Partial<Hint> = {}): Hint => ({
    kind: 'look',
    user: { id: userId },
    source: 'delta',
    seenAt: new Date(now).toISOString(),
    ...extra,
  });
  const decide = (given: Hint = hint(), deliveryCount = 1) =>
    decideUser(
      pipeline,
      task,
      { v: 1, hint: given, trace: {} },
      { queue: 'directory-changes', messageId: 'm', deliveryCount },
    );
  /** Another message than the one that led to the decision. */
  const hear = (extra: Partial<Hint> = {}) =>
    decideUser(
      pipeline,
      task,
      { v: 1, hint: hint(extra), trace: {} },
      { queue: 'directory-changes', messageId: 'another', deliveryCount: 1 },
    );
  const apply = (
    message: OperationMessage,
    queue: 'license-changes' | 'license-changes-bulk' = 'license-changes',
  ) =>
    applyToUser(pipeline, task, message, { queue, messageId: 'm', deliveryCount: 1, sessionId: 'lane-00' });
  /** Takes the oldest message and handles it, moving the clock to when it is due. False: there is none. */
  const step = async (): Promise<boolean> => {
    const next = sent.shift();
    if (next === undefined) return false;
    if (next.kind === 'operation') await apply(next.message, next.queue as 'license-changes');
    else {
      now = Math.max(now, next.at);
      await decide(next.hint);
    }
    return true;
  };
  return {
    world,
    pipeline,
    task,
    sent,
    writes,
    failures,
    events,
    audit,
    waiting,
    timeline,
    /** What each handling came to, as the metric counts it. */
    results,
    hint,
    decide,
    hear,
    apply,
    step,
    state: () => row,
    /** The rows and messages as another version of the app, or another host, has left them. */
    restore: (left: {
      readonly now: number;
      readonly state: UserState | null;
      readonly ledger: readonly LedgerEntry[];
      readonly sent: readonly Sent[];
    }) => {
      now = left.now;
      row = left.state;
      ledger = left.ledger;
      etag++;
      sent.splice(0, sent.length, ...structuredClone(left.sent));
    },
    ledger: () => ledger,
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
    /** A lagging replica, a person: whatever makes the user hold this. */
    hold: (disabledPlans: readonly (typeof intune)[]) => {
      world.user.assignments = [
        { skuId: ems, disabledPlans, assignedByGroup: null, state: 'Active', error: null },
      ];
    },
  };
}

export const refusal = (errorClass: GraphError['class'], status = 400) =>
  new GraphError(errorClass, `refused: ${errorClass}`, { status });
