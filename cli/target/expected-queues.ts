import { join } from 'node:path';
import { projectRoot } from '../../local/project-root';
import { readConfigFile } from '@auto-licenser/service-bus-emulator/config';
import type { ExpectedQueue } from '../../shared/ops/doctor/check-queues';
import { queueNames } from '../../shared/queue/queues';

/** The queues as local/service-bus.config.json has them: the one source of their settings, also for Azure. */
export function readExpectedQueues(): readonly ExpectedQueue[] {
  const { queues } = readConfigFile(join(projectRoot(), 'local', 'service-bus.config.json'));
  return Object.values(queueNames).flatMap((name) => {
    const settings = queues.find((queue) => queue.name === name)?.settings;
    if (settings === undefined) return [];
    const { requiresSession, requiresDuplicateDetection, lockDurationMs, maxDeliveryCount } = settings;
    const { deadLetteringOnMessageExpiration } = settings;
    return [
      {
        name,
        settings: {
          requiresSession,
          requiresDuplicateDetection,
          lockDurationMs,
          maxDeliveryCount,
          deadLetteringOnMessageExpiration,
        },
      },
    ];
  });
}
