import { toUserId } from '../../shared/kernel/ids';
import { laneOf } from '../../shared/queue/lanes';
import type { Hint, OperationMessage } from '../../shared/queue/messages';
import type { TestCloud } from './local-cloud';
import { queueNames } from '../../shared/queue/queues';

export const laneIn32 = (id: string) => laneOf(toUserId(id), 32);

export function hintFor(id: string, seenAt: number, changes: Partial<Hint> = {}): { body: unknown } {
  const seen = new Date(seenAt).toISOString();
  const hint: Hint = { kind: 'look', user: { id }, source: 'operator', seenAt: seen, ...changes };
  return { body: { v: 1, hint, trace: {} } };
}

/** In the user's own lane of 32. */
export function operationFor(
  id: string,
  changes: Partial<OperationMessage['operation']>,
): { body: OperationMessage; sessionId: string } {
  const operation: OperationMessage['operation'] = {
    user: { id },
    kind: 'assign',
    add: [],
    remove: [],
    why: ['a message of the test'],
    policyHash: 'f'.repeat(64),
    ...changes,
  };
  return { body: { v: 1, operation, trace: {} }, sessionId: laneIn32(id) };
}

type QueueName = (typeof queueNames)[keyof typeof queueNames];

export async function sendTo(
  test: TestCloud,
  queue: QueueName,
  messages: readonly { readonly body: unknown; readonly sessionId?: string }[],
): Promise<void> {
  const sender = test.serviceBus().createSender(queue);
  await sender.sendMessages(messages.map((message) => ({ ...message, contentType: 'application/json' })));
  await sender.close();
}

export function sendHints(test: TestCloud, ids: readonly string[]): Promise<void> {
  return sendTo(
    test,
    queueNames.directoryChanges,
    ids.map((id) => hintFor(id, Date.now())),
  );
}
