import { isServiceBusError } from '@azure/service-bus';
import type {
  ServiceBusAdministrationClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiverOptions,
} from '@azure/service-bus';
import Long from 'long';
import { systemClock } from '../kernel/clock';
import type { Clock } from '../kernel/clock';
import { PermanentError, TransientError } from '../kernel/errors';
import { parseIsoDuration } from '../kernel/iso-duration';
import { timing } from '../kernel/timing';
import { within } from '../kernel/within';
import { lastFailure } from './last-failure';
import { makeCountReader } from './read-counts';
import type { DeadLetter, DeployedQueue, PeekedMessage, QueueInspector } from './queue-inspector';
import type { QueueName } from './queues';
import type { RenewedClient } from './renewed-client';

const peekPage = 200;
/** So many messages at most, from this sequence number on. */
type PeekPage = (most: number, from: Long) => Promise<readonly ServiceBusReceivedMessage[]>;
const inDeadLetters: ServiceBusReceiverOptions = { subQueueType: 'deadLetter' };

/**
 * QueueInspector over the administration client (its counts take Manage rights in Azure) and peeking, which reads
 * across sessions (https://learn.microsoft.com/azure/service-bus-messaging/message-browsing).
 */
export function makeServiceBusQueueInspector(
  administration: ServiceBusAdministrationClient,
  client: RenewedClient,
  clock: Clock = systemClock,
): QueueInspector {
  const readCounts = makeCountReader(administration, client.fullyQualifiedNamespace);
  /** A scheduled message gets a new, higher number when its time comes, so nothing before these becomes active again. */
  const noneActiveBefore = new Map<QueueName, Long>();
  return {
    settings: (queue) =>
      ask(queue, async () => {
        const found = await administration.getQueue(queue);
        return {
          requiresSession: found.requiresSession,
          requiresDuplicateDetection: found.requiresDuplicateDetection,
          lockDurationMs: parseIsoDuration(found.lockDuration),
          maxDeliveryCount: found.maxDeliveryCount,
          deadLetteringOnMessageExpiration: found.deadLetteringOnMessageExpiration,
        };
      }),

    counts: (queue) => ask(queue, () => readCounts(queue)),

    async oldestActiveAt(queue) {
      const until = clock.now() + timing.ops.peek.ms;
      const found = await peeking(client, queue, {}, async (page) => {
        // Peeking goes by sequence number and shows scheduled messages among the active ones.
        // Mostly the first message is the one: a page of them would be decoded in vain.
        for await (const message of peekAll(page, Infinity, noneActiveBefore.get(queue), 1)) {
          if (stateOf(message) === 'active') return message.enqueuedTimeUtc?.getTime() ?? null;
          if (message.sequenceNumber) noneActiveBefore.set(queue, message.sequenceNumber.add(1));
          if (clock.now() > until) return 'unknown';
        }
        return null;
      });
      return found ?? null;
    },

    async deadLetters(queue, limit) {
      const found = await peeking(client, queue, inDeadLetters, async (page) => {
        const letters: DeadLetter[] = [];
        for await (const message of peekAll(page, limit)) letters.push(toDeadLetter(queue, message));
        return letters;
      });
      return found ?? [];
    },

    peek(queue, limit, { deadLetters, from }) {
      return peeking(client, queue, deadLetters ? inDeadLetters : {}, async (page) => {
        const messages: PeekedMessage[] = [];
        const first = from === undefined ? Long.ONE : Long.fromString(from);
        for await (const message of peekAll(page, limit, first))
          messages.push(toPeeked(message, deadLetters));
        return messages;
      });
    },

    close: () => client.close(),
  };
}

/**
 * The messages from this sequence number on, oldest first. The number is given with every page: without it the client
 * goes on behind what it peeked last, for whatever receiver (`_lastPeekedSequenceNumber` in core/managementClient.js).
 */
async function* peekAll(peekPageFrom: PeekPage, limit: number, from: Long = Long.ONE, firstPage = peekPage) {
  let next = from;
  let most = firstPage;
  for (let seen = 0; seen < limit;) {
    const page = await peekPageFrom(Math.min(most, limit - seen), next);
    yield* page;
    most = peekPage;
    const last = page.at(-1)?.sequenceNumber;
    if (last === undefined) return;
    seen += page.length;
    next = last.add(1);
  }
}

function peeking<Result>(
  clients: RenewedClient,
  queue: QueueName,
  options: ServiceBusReceiverOptions,
  work: (page: PeekPage) => Promise<Result>,
): Promise<Result | undefined> {
  return ask(queue, () =>
    clients.using(async (client, call) => {
      const receiver = client.createReceiver(queue, options);
      const page: PeekPage = (most, fromSequenceNumber) =>
        call(() => receiver.peekMessages(most, { fromSequenceNumber }), timing.queue.peekAttempt.ms);
      try {
        return await work(page);
      } finally {
        // It must not hide why the work failed.
        await within(receiver.close(), timing.queue.closing.ms);
      }
    }),
  );
}

/** undefined: the queue is not there. */
async function ask<Result>(queue: DeployedQueue, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (thrown) {
    const error = lastFailure(thrown);
    const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
    const isMissing = isServiceBusError(error)
      ? error.code === 'MessagingEntityNotFound'
      : code === 'MessageEntityNotFoundError';
    if (isMissing) return undefined;
    const isRefused =
      statusCode === 401 ||
      statusCode === 403 ||
      (isServiceBusError(error) && error.code === 'UnauthorizedAccess');
    const message = `Queue ${queue} cannot be looked at: ${error.message}`;
    if (isRefused) throw new PermanentError('queue/not-allowed', message, { cause: error });
    throw new TransientError('queue/unreachable', message, { cause: error });
  }
}

/**
 * A message that was scheduled may say so still when it has come (Azure/azure-sdk-for-js#19357). One that waits shows
 * the time it was sent as its time of entry, one that has come a time not before the scheduled one.
 */
function stateOf(message: ServiceBusReceivedMessage): ServiceBusReceivedMessage['state'] {
  const { state, enqueuedTimeUtc, scheduledEnqueueTimeUtc } = message;
  if (state !== 'scheduled' || !enqueuedTimeUtc || !scheduledEnqueueTimeUtc) return state;
  return enqueuedTimeUtc.getTime() >= scheduledEnqueueTimeUtc.getTime() ? 'active' : state;
}

function toPeeked(message: ServiceBusReceivedMessage, isDead: boolean): PeekedMessage {
  const reasons = [message.deadLetterReason, message.deadLetterErrorDescription].filter(Boolean);
  const state = stateOf(message);
  const at = state === 'scheduled' ? message.scheduledEnqueueTimeUtc : message.enqueuedTimeUtc;
  return {
    sequenceNumber: message.sequenceNumber?.toString() ?? '',
    messageId: String(message.messageId ?? ''),
    state: isDead ? 'deadLettered' : state,
    sessionId: message.sessionId ?? null,
    deliveryCount: message.deliveryCount ?? 0,
    enqueuedAt: at?.getTime() ?? null,
    body: message.body,
    deadLetterReason: reasons.length === 0 ? null : reasons.join(': '),
  };
}

function toDeadLetter(queue: QueueName, message: ServiceBusReceivedMessage): DeadLetter {
  return {
    queue,
    sequenceNumber: message.sequenceNumber?.toString() ?? '',
    messageId: String(message.messageId ?? ''),
    reason: message.deadLetterReason ?? '',
    description: message.deadLetterErrorDescription ?? '',
    deliveryCount: message.deliveryCount ?? 0,
    enqueuedAt: message.enqueuedTimeUtc?.getTime() ?? null,
    body: message.body,
  };
}
