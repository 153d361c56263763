import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';
import { lookHint } from '../../shared/queue/look-hint';
import type { HintMessage, OperationMessage } from '../../shared/queue/messages';
import { queueNames, queueOf } from '../../shared/queue/queues';
import type { QueueName } from '../../shared/queue/queues';
import type { SentOperation } from '../../shared/words/messages/sent-operation';
import { ems, policyHash } from './seeded';

/** How many messages each queue gets. */
export type QueueLoad = Readonly<Partial<Record<QueueName, number>>>;

/** Messages of a send: few enough for the size of a frame. */
const atOnce = 200;
const lanes = 32;

/**
 * Puts messages about these users, in turn, into the queues, and dead letters into `directory-changes`. No function may
 * receive from the queues meanwhile.
 */
export async function fillQueues(
  connectionString: string,
  userIds: readonly string[],
  load: { readonly messages: QueueLoad; readonly deadLetters: number },
  now: number,
): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  try {
    await addDeadLetters(client, userIds, load.deadLetters, now);
    for (const [queue, count] of Object.entries(load.messages) as [QueueName, number][]) {
      const sender = client.createSender(queue);
      await send(sender, count, (number) => messageFor(queue, userIds, number, now));
      await sender.close();
    }
  } finally {
    await client.close();
  }
}

async function send(
  sender: ServiceBusSender,
  count: number,
  make: (number: number) => ServiceBusMessage,
): Promise<void> {
  for (let sent = 0; sent < count; sent += atOnce) {
    const part = Array.from({ length: Math.min(atOnce, count - sent) }, (_none, index) => make(sent + index));
    await sender.sendMessages(part);
  }
}

async function addDeadLetters(
  client: ServiceBusClient,
  userIds: readonly string[],
  count: number,
  now: number,
): Promise<void> {
  const queue = queueNames.directoryChanges;
  const sender = client.createSender(queue);
  await send(sender, count, (number) => messageFor(queue, userIds, number, now));
  await sender.close();
  const receiver = client.createReceiver(queue);
  for (let dead = 0; dead < count;) {
    const messages = await receiver.receiveMessages(Math.min(500, count - dead), { maxWaitTimeInMs: 5_000 });
    await Promise.all(
      messages.map((message) =>
        receiver.deadLetterMessage(message, {
          deadLetterReason: 'MaxDeliveryCountExceeded',
          deadLetterErrorDescription: 'Message could not be consumed after 10 delivery attempts.',
        }),
      ),
    );
    dead += messages.length;
  }
  await receiver.close();
}

/** As the product sends it (shared/queue/service-bus-queue-sender.ts): a hint, or the operation of a decision. */
function messageFor(
  queue: QueueName,
  userIds: readonly string[],
  number: number,
  now: number,
): ServiceBusMessage {
  const id = userIds[number % userIds.length] ?? '';
  const name = `seed-${queue}-${String(number)}`;
  const envelope = { contentType: 'application/json', correlationId: `user-${id}` };
  if (queueOf(queue).carries === 'hints') {
    const body: HintMessage = { v: 1, hint: lookHint(id, 'census', now), trace: {} };
    return { ...envelope, messageId: `hint-${name}`, subject: 'look', body };
  }
  const body: OperationMessage = { v: 1, operation: { user: { id }, ...emsForStaff }, trace: {} };
  // Messages that are sent together are of one lane, as Service Bus asks for.
  const lane = Math.floor(number / atOnce) % lanes;
  const sessionId = `lane-${String(lane).padStart(2, '0')}`;
  return { ...envelope, messageId: `operation-${name}`, subject: 'assign', sessionId, body };
}

const emsForStaff: SentOperation = {
  kind: 'assign',
  add: [{ skuId: ems, disabledPlans: [] }],
  remove: [],
  why: ['EMS is granted by the rule staff'],
  policyHash,
};
