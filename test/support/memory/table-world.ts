import type { UserId } from '../../../shared/kernel/ids';
import { makePolicySource } from '../../../shared/pipeline/sources/policy-source';
import { makeLearntConflictSource } from '../../../shared/pipeline/sources/learnt-conflict-source';
import { makeRolloutSource } from '../../../shared/pipeline/sources/rollout-source';
import { makeWaitingSkus } from '../../../shared/pipeline/sources/waiting-skus';
import { makePauseSource } from '../../../shared/pipeline/pauses/pause-source';
import { makeLastSuccess } from '../../../shared/pipeline/pauses/last-success';
import { makeLedgerCount } from '../../../shared/pipeline/guards/ledger-count';
import { handleUsableRow } from '../../../shared/pipeline/crashes/unusable-row';
import { applyToUser } from '../../../shared/pipeline/handlers/apply-user';
import { decideUser } from '../../../shared/pipeline/handlers/decide-user';
import type { Services } from '../../../shared/pipeline/services';
import { makeStoresOver } from '../../../shared/store/tables/table-stores';
import { makePipelineWorld } from '../pipeline-world';
import { makeRecordingLogger } from '../recording-logger';
import { MemoryTables } from '../../../rehearsal/world/tables/memory-tables';

/**
 * The real handlers over the real stores, which stand on tables in memory. Every user of the directory is the same
 * person with another id.
 */
export function makeTableWorld(tables = new MemoryTables()) {
  const base = makePipelineWorld();
  const { clock } = base.pipeline;
  const logger = makeRecordingLogger();
  const stores = makeStoresOver(tables.access({ clock, random: () => 0.5, logger }), {
    clock,
    random: Math.random,
    logger,
  });
  /** A process that has just begun: nothing of another one's memory. */
  const start = (): Services => ({
    ...base.pipeline,
    users: stores.users,
    cursors: stores.cursors,
    failures: stores.failures,
    leases: stores.leases,
    policies: stores.policies,
    rollouts: stores.rollouts,
    rolloutStates: makeRolloutSource(stores.rollouts, clock),
    guards: stores.guards,
    ledgerCount: makeLedgerCount(stores.users, clock),
    waiting: stores.waiting,
    waitingSkus: makeWaitingSkus(stores.waiting, clock),
    learntConflictStore: stores.learntConflicts,
    learntConflicts: makeLearntConflictSource(stores.learntConflicts, clock),
    audit: stores.audit,
    control: stores.control,
    rows: stores.rows,
    personal: stores.personal,
    pauses: makePauseSource(stores.control, clock),
    lastSuccess: makeLastSuccess(stores.control, clock),
    times: stores.times,
    handling: stores.handling,
    policy: makePolicySource({
      store: stores.policies,
      file: { path: 'policy.yaml', read: async () => base.world.policyText ?? '' },
      readCatalogue: async () => (await base.pipeline.catalogue.read()).catalogue,
      directory: base.pipeline.directory,
      clock,
      logger,
      mayStore: true,
    }),
  });
  let services = start();
  const handle = (userId: UserId, work: () => Promise<void>) =>
    handleUsableRow(services, base.task, () => userId, work);
  /** Everything that a change of this user leads to at once: the look, and the write. */
  const work = async (userId: UserId): Promise<void> => {
    const before = base.sent.length;
    const delivery = { messageId: 'm', deliveryCount: 1 };
    await handle(userId, () =>
      decideUser(
        services,
        base.task,
        {
          v: 1,
          trace: {},
          hint: {
            kind: 'look',
            user: { id: userId },
            source: 'delta',
            seenAt: new Date(clock.now()).toISOString(),
          },
        },
        { queue: 'directory-changes', ...delivery },
      ),
    );
    for (const sent of base.sent.slice(before)) {
      if (sent.kind !== 'operation') continue;
      await handle(userId, () =>
        applyToUser(services, base.task, sent.message, {
          queue: 'license-changes',
          sessionId: 'lane-00',
          ...delivery,
        }),
      );
    }
    base.sent.splice(0, base.sent.length);
  };
  /** The same, and the next user holds nothing. */
  const license = async (userId: UserId): Promise<void> => {
    await work(userId);
    base.world.user.assignments = [];
  };
  return {
    ...base,
    tables,
    stores,
    logger,
    license,
    work,
    services: () => services,
    restart: () => {
      services = start();
    },
  };
}
