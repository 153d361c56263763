import { accepted, rejected } from '../amqp/frame-writer';
import type { IncomingLink } from '../amqp/incoming-link';
import { BrokerError } from '../engine/broker-error';
import type { Queue } from '../engine/queue';
import { readMessages } from './read-message';
import { toAmqpError } from './to-amqp-error';

/** A client that sends to a queue. A batch is taken as a whole or not at all, and answered once. */
export function acceptSender(link: IncomingLink, queue: Queue, newMessageId: () => string): void {
  if (!queue.deadLetters) throw new BrokerError('not-allowed', 'Nothing can be sent to a dead-letter queue');
  const { status } = queue.settings;
  if (status === 'Disabled' || status === 'SendDisabled') {
    throw new BrokerError('entity-disabled', `The queue "${queue.name}" is disabled for sending`);
  }
  const leave = queue.addSender({ onEnded: (error) => link.detach(toAmqpError(error)) });
  link.accept(
    {
      onEnded: leave,
      onMessage: ({ payload, messageFormat }) => {
        try {
          queue.send(
            readMessages(payload, messageFormat, {
              newMessageId,
              maxTimeToLiveMs: queue.settings.defaultTimeToLiveMs,
            }),
          );
          return accepted;
        } catch (thrown) {
          return rejected(toAmqpError(thrown));
        }
      },
    },
    { maxMessageSize: queue.settings.maxMessageSizeBytes },
  );
}
