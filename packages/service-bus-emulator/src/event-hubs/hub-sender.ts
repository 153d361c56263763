import { accepted, rejected } from '../amqp/frame-writer';
import type { IncomingLink } from '../amqp/incoming-link';
import { toAmqpError } from '../front/to-amqp-error';
import type { EventHub } from './event-hub';
import { readEvents } from './read-events';

/** Of Standard: https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas */
const maxMessageSize = 1_048_576;

/**
 * Answers the attach of a sender. A batch is taken as a whole or not at all. `partitionId`: all goes there.
 * @throws BrokerError there is no such partition
 */
export function acceptHubSender(link: IncomingLink, hub: EventHub, partitionId: string | undefined): void {
  if (partitionId !== undefined) hub.partition(partitionId);
  link.accept(
    {
      onMessage: ({ payload, messageFormat }) => {
        try {
          hub.send(readEvents(payload, messageFormat), partitionId);
          return accepted;
        } catch (thrown) {
          return rejected(toAmqpError(thrown));
        }
      },
    },
    { maxMessageSize },
  );
}
