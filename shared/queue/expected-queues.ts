import config from '../../local/service-bus.config.json';
import { parseIsoDuration } from '../kernel/iso-duration';
import { eventQueue } from './event-queue';
import { operatorQueue } from './operator-requests';
import type { DeployedQueue, QueueSettings } from './queue-inspector';
import { queueNames } from './queues';

export type ExpectedQueue = { readonly name: DeployedQueue; readonly settings: QueueSettings };

const deployed: readonly DeployedQueue[] = [...Object.values(queueNames), operatorQueue, eventQueue];

/**
 * The queues that an app needs. `way`: its LICENSER_GRAPH_EVENTS; without `queue` nothing listens to Event Grid's, which a namespace that
 * was not deployed again does not have.
 */
export function expectedQueuesOf(way: string): readonly ExpectedQueue[] {
  return way === 'queue' ? expectedQueues : expectedQueues.filter(({ name }) => name !== eventQueue);
}

/** All queues as local/service-bus.config.json has them: the one source of their settings, also for Azure. */
export const expectedQueues: readonly ExpectedQueue[] = config.UserConfig.Namespaces.flatMap(({ Queues }) =>
  Queues.flatMap(({ Name, Properties }): readonly ExpectedQueue[] => {
    const name = deployed.find((one) => one === Name);
    if (name === undefined) return [];
    const settings = {
      requiresSession: Properties.RequiresSession,
      requiresDuplicateDetection: Properties.RequiresDuplicateDetection,
      lockDurationMs: parseIsoDuration(Properties.LockDuration),
      maxDeliveryCount: Properties.MaxDeliveryCount,
      deadLetteringOnMessageExpiration: Properties.DeadLetteringOnMessageExpiration,
    };
    return [{ name, settings }];
  }),
);
