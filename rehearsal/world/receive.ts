import type { Logger } from '../../shared/kernel/logger';
import { applyInLane } from '../../shared/pipeline/handlers/apply-in-lane';
import { decideUser } from '../../shared/pipeline/handlers/decide-user';
import { handleMessage } from '../../shared/pipeline/handlers/handle-message';
import type { HandleMessage } from '../../shared/pipeline/handlers/handle-message';
import type { Delivery } from '../../shared/pipeline/handlers/take-message';
import type { QueueName } from '../../shared/queue/queues';
import type { HostName, Hosts } from './hosts';

/** Which function takes the messages of a queue, as functions/ registers them. */
const functions: Readonly<Record<QueueName, { readonly host: HostName; readonly handle: HandleMessage }>> = {
  'directory-changes': { host: 'decide', handle: decideUser },
  'license-changes': { host: 'apply', handle: applyInLane },
  'license-changes-bulk': { host: 'apply-bulk', handle: applyInLane },
};

/** One delivery, by the function of its queue. @throws what must be delivered again */
export function receive(hosts: Hosts, logger: Logger, body: unknown, delivery: Delivery): Promise<void> {
  const { host, handle } = functions[delivery.queue];
  return handleMessage(hosts[host], { logger }, handle, body, delivery);
}
