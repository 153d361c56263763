import { TransientError } from '../../shared/kernel/errors';
import type { DeadLetterSource } from '../../shared/queue/dead-letter-source';
import type { OperatorRequestSender } from '../../shared/queue/operator-requests';
import { operatorQueue } from '../../shared/queue/operator-requests';
import type { Hint } from '../../shared/queue/messages';
import type { QueueInspector } from '../../shared/queue/queue-inspector';
import type { QueueSender } from '../../shared/queue/queue-sender';
import { queueNames } from '../../shared/queue/queues';
import type { Fault, FaultKind } from '../script/script';
import { userIdOf } from '../script/tenant-model';
import type { SimulatedBroker } from './broker';
import type { SimulatedProcess } from './process';
import type { Weather } from './weather';

const faults: { readonly before: readonly FaultKind[]; readonly after: readonly FaultKind[] } = {
  before: ['queueError'],
  after: ['queueErrorAfterSend'],
};
const unavailable = () => new TransientError('queue/unavailable', 'No answer from the queue');

/** The queues of the run as one process sends to them. */
export function makeSender(
  broker: SimulatedBroker,
  process: SimulatedProcess,
  weather: Weather,
): QueueSender {
  const send = (effect: () => void) => process.call(faults, unavailable, effect);
  return {
    sendHints: async (hints, { queue = queueNames.directoryChanges, scheduledAt, parent } = {}) => {
      const trace = parent === undefined ? {} : { parent };
      const at = scheduledAt === undefined ? {} : { at: scheduledAt };
      // One call a hint: a batch may break off in the middle, and then all of it is sent again.
      for (const hint of hints) {
        const death = hint.source === 'delta' ? weather.take('killAtHints', isOf(hint)) : undefined;
        if (death !== undefined && death.nth % 2 === 0) await process.end();
        await send(() => broker.send(queue, { v: 1, hint, trace }, at));
        if (death !== undefined) await process.end();
      }
    },
    sendOperation: (queue, message, sessionId) => send(() => broker.send(queue, message, { sessionId })),
    putBack: (queue, body, scheduledAt, sessionId, rounds = 1) =>
      send(() =>
        broker.send(queue, body, {
          at: scheduledAt,
          ...(sessionId === undefined ? {} : { sessionId }),
          // As the real one: the id says how often.
          prefix: `again-${String(rounds)}-`,
        }),
      ),
    close: async () => undefined,
  };
}

function isOf({ user: { id } }: Hint): (fault: Fault) => boolean {
  return ({ user }) => user === undefined || userIdOf(user) === id;
}

/** Has due work done by a message, as the app's own sender does. */
export function makeWake(broker: SimulatedBroker, process: SimulatedProcess): OperatorRequestSender['wake'] {
  return (work, holder) =>
    process.call(faults, unavailable, () => broker.send(operatorQueue, { v: 1, request: { work, holder } }));
}

/** Has groups followed at a time, by a message. */
export function makeGroupCall(
  broker: SimulatedBroker,
  process: SimulatedProcess,
): OperatorRequestSender['callForGroups'] {
  return (at, holder) =>
    process.call(faults, unavailable, () => {
      broker.send(operatorQueue, { v: 1, request: { work: 'group-changes', holder } }, { at });
    });
}

/** The dead-letter queues as one process takes from them. */
export function makeDeadLetters(broker: SimulatedBroker, process: SimulatedProcess): DeadLetterSource {
  return {
    drain: async (queue, most, handle) => {
      let taken = 0;
      for (const letter of broker.letters(queue).slice(0, most)) {
        await process.step();
        const answer = await handle({
          queue,
          sequenceNumber: letter.id,
          messageId: letter.id,
          body: JSON.parse(letter.text) as unknown,
          reason: 'MaxDeliveryCountExceeded',
          ...(letter.sessionId === undefined ? {} : { sessionId: letter.sessionId }),
        });
        if (answer === 'leave') continue;
        broker.takeLetter(letter);
        taken++;
        if (answer === 'last') break;
      }
      return taken;
    },
  };
}

/** What people see of the queues: the dead letters, where their actions begin. */
export function makeInspector(broker: SimulatedBroker): QueueInspector {
  return {
    settings: async () => undefined,
    counts: async (queue) => ({
      active: 0,
      scheduled: 0,
      deadLettered: broker.letters(queue).length,
    }),
    oldestActiveAt: async () => null,
    deadLetters: async (queue, limit) =>
      broker
        .letters(queue)
        .slice(0, limit)
        .map(({ id, text, deliveries }) => ({
          queue,
          sequenceNumber: id,
          messageId: id,
          reason: 'MaxDeliveryCountExceeded',
          description: '',
          deliveryCount: deliveries,
          enqueuedAt: null,
          body: JSON.parse(text) as unknown,
        })),
    peek: async () => [],
    close: async () => undefined,
  };
}
