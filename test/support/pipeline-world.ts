import type { DeadLetter } from '../../shared/queue/dead-letter-source';
import { GraphError } from '../../shared/graph/refusals/graph-error';
import type { Directory, DirectoryUser, LicenseWrite } from '../../shared/graph/directory';
import { ConcurrencyError } from '../../shared/kernel/errors';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../../shared/kernel/ids';
import type { UserId } from '../../shared/kernel/ids';
import type { OutgoingEvent } from '../../shared/observe/event-sink';
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
import { makeMemoryControl } from './memory-control';
import { makeMemoryCursors } from './memory-cursors';
import { makeMemoryGuards, makeMemoryPolicies, makeMemoryRollouts } from './memory-stores';
import type { LearntConflictStore } from '../../shared/store/ports/learnt-conflict-store';
import { makeRecordingLogger } from './recording-logger';
import { makeWaitingRows } from './waiting-rows';
import type { GroupReference, Needs } from '../../shared/words/needs';
import type { AuditEntry } from '../../shared/words/audit-entry';
import { fitsAudit } from '../../shared/store/ports/audit-store';
import type { AuditFilter } from '../../shared/store/ports/audit-store';
import type { Failure } from '../../shared/words/failure';
import type { LedgerEntry } from '../../shared/words/ledger';
import type { TimelineEntry } from '../../shared/words/timeline';
import type { UserState } from '../../shared/words/user-state';
import type { SubscribedSku } from '../../shared/words/sku';
import type { StoredLearntConflict } from '../../shared/words/learnt-conflict';

export const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
export const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
export const premium = toServicePlanId('41781fb2-bc02-4b7c-bd55-b576c07bb09d');
export const userId = toUserId('bbbbbbbb-0000-4000-8000-000000000002');

const anyGroup = (displayName: string): GroupReference => ({
  id: toGroupId('cccccccc-0000-4000-8000-00000000000f'),
  displayName,
});

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
  const world = {
    policyText: policyText as string | null,
    usersWithLedger: 100,
    seats: { enabled: 100, consumed: 1 },
    /** Beside EMS. */
    moreSkus: [] as SubscribedSku[],
    user: {
      properties: { userType: 'Member', department: 'Sales', usageLocation: 'NL' } as Record<string, unknown>,
      assignments: [] as DirectoryUser['assignments'],
      isThere: true,
      groups: undefined as readonly GroupReference[] | undefined,
    },
    /** Groups of the tenant; null: every group that is asked for by name is there. */
    tenantGroups: null as readonly GroupReference[] | null,
    /** Called where the world may interfere; throwing stands for what the other side answers. */
    beforeRead: async (): Promise<void> => undefined,
    beforeCommit: async (): Promise<void> => undefined,
    beforeWrite: async (_write: LicenseWrite): Promise<void> => undefined,
    afterWrite: async (_write: LicenseWrite): Promise<void> => undefined,
    onQuota: async (): Promise<void> => undefined,
  };

  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const control = makeMemoryControl();
  const waiting = makeWaitingRows();
  const learntConflictStore = makeKnowledgeRows();
  const toUser = (id: UserId): DirectoryUser => ({
    id,
    properties: { ...world.user.properties },
    usageLocation: (world.user.properties['usageLocation'] as string | undefined) ?? null,
    assignments: world.user.assignments,
  });
  const directory = {
    listSkus: async () => [
      {
        skuId: ems,
        skuPartNumber: 'EMS',
        appliesTo: 'User',
        capabilityStatus: 'Enabled',
        enabledUnits: world.seats.enabled,
        consumedUnits: world.seats.consumed,
        servicePlans: [
          [intune, 'INTUNE_A'],
          [premium, 'AAD_PREMIUM'],
        ].map(([servicePlanId, servicePlanName]) => ({
          servicePlanId,
          servicePlanName,
          appliesTo: 'User',
          provisioningStatus: 'Success',
        })),
      },
      ...world.moreSkus,
    ],
    findGroups: async (reference: string) =>
      (world.tenantGroups ?? [anyGroup(reference)]).filter(
        ({ id, displayName }) =>
          id === reference.toLowerCase() || displayName.toLowerCase() === reference.toLowerCase(),
      ),
    groupNamesFrom: async (beginning: string) =>
      (world.tenantGroups ?? [])
        .map(({ displayName }) => displayName)
        .filter((name) => name.toLowerCase().startsWith(beginning.toLowerCase())),
    // As Graph does: properties that were not asked for are not in the answer.
    readUser: async (id: UserId, { properties: asked }: Needs) => {
      await world.beforeRead();
      if (!world.user.isThere) return undefined;
      const user = toUser(id);
      const properties = Object.fromEntries(
        Object.entries(user.properties).filter(([name]) => asked.has(name)),
      );
      return { user: { ...user, properties }, transitiveGroups: world.user.groups };
    },
    setUsageLocation: async (_id: UserId, usageLocation: string) => {
      world.user.properties['usageLocation'] = usageLocation;
    },
    assignLicense: async (id: UserId, write: LicenseWrite) => {
      writes.push(write);
      await world.beforeWrite(write);
      const touched = [...write.add.map(({ skuId }) => skuId), ...write.remove];
      const kept = world.user.assignments.filter(({ skuId }) => !touched.includes(skuId));
      const added = write.add.map(({ skuId, disabledPlans }) => ({
        skuId,
        disabledPlans,
        assignedByGroup: null,
        state: 'Active',
        error: null,
      }));
      world.user.assignments = [...kept, ...added];
      await world.afterWrite(write);
      return toUser(id);
    },
  } as unknown as Directory;

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
    audit: {
      record: async (entry: AuditEntry) => {
        audit.unshift(entry);
        return String(audit.length);
      },
      amend: async (key: string, end: Partial<AuditEntry>) => {
        const index = audit.length - Number(key);
        const entry = audit[index];
        if (entry?.result === 'asked') audit[index] = { ...entry, ...end };
      },
      list: async function* (filter: AuditFilter = {}) {
        const { since = 0, before, limit = Infinity } = filter;
        let left = limit;
        for (const [index, entry] of audit.entries()) {
          const number = audit.length - index;
          if (entry.at < since || (before !== undefined && number >= Number(before))) continue;
          if (!fitsAudit(entry, filter)) continue;
          if (left-- <= 0) return;
          yield { ...entry, key: String(number) };
        }
      },
    },
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
    metrics: { handled: (...result: string[]) => void results.push(result.filter(Boolean).join(' ')) },
    locationLag: { refusedAt: -Infinity },
    settings: {
      tenantId: 't',
      lanes: 32,
      writesPerSecond: 16,
      permissions: 'full',
      verifyAfterMs: 0,
      clientState: null,
      notificationUrl: null,
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

/** The rows of KnowledgeStore, in an array; TableKnowledgeStore has its own tests. */
function makeKnowledgeRows(): LearntConflictStore {
  let rows: readonly StoredLearntConflict[] = [];
  const keyOf = (rule: Parameters<LearntConflictStore['forget']>[0]) =>
    JSON.stringify(rule.kind === 'conflict' ? [...rule.plans].sort() : [rule.plan, ...rule.anyOf]);
  return {
    learn: async (rule) => {
      if (rows.some((row) => keyOf(row) === keyOf(rule))) return false;
      rows = [...rows, rule];
      return true;
    },
    list: async () => rows,
    forget: async (rule) => {
      rows = rows.filter((row) => keyOf(row) !== keyOf(rule));
    },
  };
}

export const refusal = (errorClass: GraphError['class'], status = 400) =>
  new GraphError(errorClass, `refused: ${errorClass}`, { status });
