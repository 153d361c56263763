import config from '../../local/service-bus.config.json';
import { parseIsoDuration } from '../kernel/iso-duration';
import { queueNames } from './queues';
import type { QueueName } from './queues';
import type { QueueSettings } from './queue-inspector';

export type ExpectedQueue = { readonly name: QueueName; readonly settings: QueueSettings };

/** The queues as local/service-bus.config.json has them: the one source of their settings, also for Azure. */
export const expectedQueues: readonly ExpectedQueue[] = config.UserConfig.Namespaces.flatMap(({ Queues }) =>
  Queues.flatMap(({ Name, Properties }): readonly ExpectedQueue[] => {
    const name = Object.values(queueNames).find((one) => one === Name);
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
