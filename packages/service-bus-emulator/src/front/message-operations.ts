import { array, binary, entryOf, int, list, long, map, string, timestamp, uuid } from '../amqp/value';
import type { AmqpEntry, AmqpValue } from '../amqp/value';
import { BrokerError } from '../engine/broker-error';
import type { Settlement } from '../engine/settlement';
import { invalid } from './arguments';
import { toChangedProperties } from './entity-receiver';
import { fromUuid, toUuid } from './lock-token';
import type { Operation, OperationContext } from './operation';
import { readMessage } from './read-message';
import { writeMessage } from './write-message';

/** A page may hold fewer messages than were asked for; clients go on behind its last one. */
const peekPageBytes = 1_048_576;
const scheduledTime = 'x-opt-scheduled-enqueue-time';

const renewLock: Operation = ({ queue, args }) => {
  const expirations = args.uuids('lock-tokens').map((token) => timestamp(queue.renewLock(fromUuid(token))));
  return [[string('expirations'), array('timestamp', expirations)]];
};

const scheduleMessage: Operation = ({ queue, args, broker }) => {
  const maxTimeToLiveMs = queue.settings.defaultTimeToLiveMs;
  const messages = args.items('messages').map((item) => {
    const message = entryOf(item, 'message');
    if (message?.type !== 'binary') throw invalid('Each of "messages" must hold "message" as binary');
    const read = readMessage(message.value, { newMessageId: broker.env.newToken, maxTimeToLiveMs });
    if (read.scheduledFor === undefined) throw invalid(`A message without the annotation ${scheduledTime}`);
    return read;
  });
  // A dropped duplicate has no number; 0 is none.
  const numbers = queue.send(messages).map((number) => long(number ?? 0));
  return [[string('sequence-numbers'), array('long', numbers)]];
};

const cancelScheduledMessage: Operation = ({ queue, args }) => {
  queue.cancelScheduled(args.integers('sequence-numbers'));
  return [];
};

const peekMessage: Operation = ({ queue, args }) => {
  const omitBody = args.find('omit-message-body');
  const options = { omitBody: omitBody?.type === 'boolean' && omitBody.value };
  const [from, count] = [args.integer('from-sequence-number'), args.count('message-count')];
  const messages: AmqpValue[] = [];
  let bytes = 0;
  for (const message of count === 0 ? [] : queue.browse.peek(from, args.optionalText('session-id'))) {
    const written = writeMessage(message, options);
    bytes += written.length;
    if (messages.length > 0 && bytes > peekPageBytes) break;
    messages.push(map([[string('message'), binary(written)]]));
    if (messages.length >= count) break;
  }
  return messages.length === 0 ? undefined : [[string('messages'), list(messages)]];
};

const receiveBySequenceNumber: Operation = (context) => {
  const { queue, args } = context;
  const mode = args.integer('receiver-settle-mode') === 0 ? 'receiveAndDelete' : 'peekLock';
  const messages = queue.browse.receiveDeferred(args.integers('sequence-numbers'), mode, sessionOf(context));
  const entries = messages.map((message): AmqpValue => {
    const entry: AmqpEntry[] = [[string('message'), binary(writeMessage(message))]];
    if (message.lock) entry.push([string('lock-token'), uuid(toUuid(message.lock.token))]);
    return map(entry);
  });
  return [[string('messages'), list(entries)]];
};

const updateDisposition: Operation = (context) => {
  const { queue, args } = context;
  sessionOf(context);
  const settlement = toSettlement(context);
  for (const token of args.uuids('lock-tokens')) queue.settle(fromUuid(token), settlement);
  return [];
};

const batchDeleteMessages: Operation = ({ queue, args }) => {
  const deleted = queue.browse.deleteBatch(
    args.count('message-count'),
    args.optionalInteger('enqueued-time-utc') ?? Infinity,
    args.optionalText('session-id'),
  );
  return deleted === 0 ? undefined : [[string('message-count'), int(deleted)]];
};

function toSettlement({ args }: OperationContext): Settlement {
  const status = args.text('disposition-status');
  const changed = toChangedProperties(args.find('properties-to-modify'));
  switch (status) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', changed };
    // The protocol spells it so.
    case 'defered':
      return { kind: 'defer', changed };
    case 'suspended': {
      const reason = args.optionalText('deadletter-reason');
      return {
        kind: 'deadLetter',
        reason,
        description: args.optionalText('deadletter-description'),
        changed,
      };
    }
    default:
      throw invalid(`The disposition status "${status}" is unknown`);
  }
}

/** On a queue with sessions, the lock on the named session, which the asking connection must hold. */
function sessionOf({ queue, args, connection }: OperationContext) {
  if (!queue.settings.requiresSession) return undefined;
  const sessionId = args.optionalText('session-id');
  if (sessionId === undefined) {
    throw new BrokerError('not-allowed', `The queue "${queue.name}" requires sessions: name the session`);
  }
  return queue.state.sessions.heldBy(sessionId, connection);
}

/** Operations on messages by name, without the prefix com.microsoft. */
export const messageOperations: Readonly<Record<string, Operation>> = {
  'renew-lock': renewLock,
  'schedule-message': scheduleMessage,
  'cancel-scheduled-message': cancelScheduledMessage,
  'peek-message': peekMessage,
  'receive-by-sequence-number': receiveBySequenceNumber,
  'update-disposition': updateDisposition,
  'batch-delete-messages': batchDeleteMessages,
};
