import { randomUUID } from 'node:crypto';
import type { ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';
import type { Clock } from '../kernel/clock';
import { PermanentError } from '../kernel/errors';
import type { Random } from '../kernel/random';
import { retry } from '../kernel/retry';
import { makeSharedDeadline } from '../kernel/http/shared-deadline';
import type { HintMessage } from './messages';
import type { QueueSender } from './queue-sender';
import type { RenewedClient } from './renewed-client';
import { toSendError } from './send-error';
import { timing } from '../kernel/timing';
import { queueNames } from './queues';
import type { QueueName } from './queues';

export type QueueSenderOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId?: () => string;
  /** How long an outage of Service Bus is waited out inside a call, milliseconds. Default 60 s. */
  readonly budgetMs?: number;
};

/**
 * QueueSender over the Service Bus client. Every text that the Functions host parses as JSON before a function sees
 * it (ids, properties) has a prefix or is no number, and property names begin in lower case, as the host would make
 * them (https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger).
 */
export function makeServiceBusQueueSender(client: RenewedClient, options: QueueSenderOptions): QueueSender {
  const { clock, random, newId = randomUUID, budgetMs = timing.settings.outage.ms } = options;
  const deadline = makeSharedDeadline(timing.queue.sendAttempt.ms, timing.queue.sendStep.ms);
  type Attempt = { readonly abortSignal: AbortSignal };
  const send = (queue: QueueName, work: (sender: ServiceBusSender, attempt: Attempt) => Promise<void>) =>
    retry(
      async () => {
        try {
          await client.sending(queue, (sender) => work(sender, { abortSignal: deadline() }));
        } catch (thrown) {
          throw toSendError(thrown, queue);
        }
      },
      { clock, random, backoff: timing.queue.sendRetry, budgetMs },
    );
  /** In batches as large as the queue takes them; each batch is retried by itself, so none is sent twice in vain. */
  const sendAll = async (queue: QueueName, messages: readonly ServiceBusMessage[]) => {
    let sent = 0;
    while (sent < messages.length) {
      let taken = 0;
      await send(queue, async (sender, attempt) => {
        const batch = await sender.createMessageBatch(attempt);
        taken = 0;
        for (const message of messages.slice(sent)) {
          if (!batch.tryAddMessage(message)) break;
          taken++;
        }
        if (taken === 0) throw new PermanentError('queue/too-large', `A message is too large for ${queue}`);
        await sender.sendMessages(batch, attempt);
      });
      sent += taken;
    }
  };

  return {
    async sendHints(hints, { queue = queueNames.directoryChanges, scheduledAt, parent } = {}) {
      const messages = hints.map((hint): ServiceBusMessage => {
        const body: HintMessage = { v: 1, hint, trace: parent === undefined ? {} : { parent } };
        return {
          ...envelope(`hint-${newId()}`, hint.kind, body, scheduledAt),
          correlationId: `user-${hint.user.id}`,
          applicationProperties: { source: hint.source },
        };
      });
      const [only] = messages;
      // A batch of one is encoded three times; it alone tells of a message that is too large.
      if (only !== undefined && hints.length === 1 && hints.every(isShort))
        await send(queue, (sender, attempt) => sender.sendMessages(only, attempt));
      else await sendAll(queue, messages);
    },

    async sendOperation(queue, message, sessionId) {
      const { user, kind } = message.operation;
      const sent: ServiceBusMessage = {
        ...envelope(`operation-${newId()}`, kind, message),
        sessionId,
        correlationId: `user-${user.id}`,
      };
      await send(queue, (sender, attempt) => sender.sendMessages(sent, attempt));
    },

    async putBack(queue, body, scheduledAt, sessionId, rounds = 1) {
      const sent = {
        ...envelope(`again-${String(rounds)}-${newId()}`, 'putBack', body, scheduledAt),
        ...(sessionId === undefined ? {} : { sessionId }),
      };
      await send(queue, (sender, attempt) => sender.sendMessages(sent, attempt));
    },

    close: () => client.close(),
  };
}

/** Of what a sender may make longer; the smallest message that a queue refuses has 256 KB. */
function isShort({ rollout = '', retryToken = '' }: HintMessage['hint']): boolean {
  return rollout.length + retryToken.length < 10_000;
}

function envelope(
  messageId: string,
  subject: string,
  body: unknown,
  scheduledAt?: number,
): ServiceBusMessage {
  return {
    body,
    contentType: 'application/json',
    messageId,
    subject,
    ...(scheduledAt === undefined ? {} : { scheduledEnqueueTimeUtc: new Date(scheduledAt) }),
  };
}
