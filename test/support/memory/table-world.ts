import type { UserId } from '../../../shared/kernel/ids';
import { handleUsableRow } from '../../../shared/pipeline/crashes/unusable-row';
import { applyToUser } from '../../../shared/pipeline/handlers/apply-user';
import { decideUser } from '../../../shared/pipeline/handlers/decide-user';
import type { Services } from '../../../shared/pipeline/services';
import { assembleServices } from '../../../shared/wiring-services';
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
  const { random, newId, directory, queues, metrics, quota, deadLetters, events, settings } = base.pipeline;
  const start = (): Services =>
    assembleServices({
      ...{ clock, random, newId, logger, stores, quota, deadLetters, events, settings },
      instance: 'this process',
      observed: { directory, queues, metrics, users: stores.users, failures: stores.failures },
      policyFile: { path: 'policy.yaml', read: async () => base.world.policyText ?? '' },
      mayStorePolicy: true,
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
