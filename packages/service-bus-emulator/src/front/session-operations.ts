import { array, binary, int, nothing, string, timestamp } from '../amqp/value';
import { BrokerError } from '../engine/broker-error';
import { invalid } from './arguments';
import type { Operation, OperationContext } from './operation';

/** A time in the year 9999: clients ask so for sessions with messages, whatever their state. */
const endOfTimeMs = 253_402_300_000_000;

const renewSessionLock: Operation = (context) => {
  const until = context.queue.state.sessions.renew(heldSession(context));
  return [[string('expiration'), timestamp(until)]];
};

const setSessionState: Operation = (context) => {
  const state = context.args.find('session-state');
  if (state && state.type !== 'binary') throw invalid(`"session-state" must be binary, not a ${state.type}`);
  const lock = heldSession(context);
  context.queue.setSessionState(lock, state ? Buffer.from(state.value) : null);
  return [];
};

const getSessionState: Operation = (context) => {
  const { state } = heldSession(context).session;
  return [[string('session-state'), state ? binary(Buffer.from(state)) : nothing]];
};

const getMessageSessions: Operation = ({ queue, args }) => {
  const updated = args.optionalInteger('last-updated-time');
  const since = updated === undefined || updated >= endOfTimeMs ? undefined : updated;
  const skip = args.count('skip');
  const ids = queue.browse.sessionIds(since, skip, args.count('top'));
  if (ids.length === 0) return undefined;
  return [
    [string('skip'), int(skip + ids.length)],
    [string('sessions-ids'), array('string', ids.map(string))],
  ];
};

function heldSession({ queue, args, connection }: OperationContext) {
  if (!queue.settings.requiresSession) {
    throw new BrokerError('not-allowed', `The queue "${queue.name}" has no sessions`);
  }
  return queue.state.sessions.heldBy(args.text('session-id'), connection);
}

/** Operations on sessions by name, without the prefix com.microsoft. */
export const sessionOperations: Readonly<Record<string, Operation>> = {
  'renew-session-lock': renewSessionLock,
  'set-session-state': setSessionState,
  'get-session-state': getSessionState,
  'get-message-sessions': getMessageSessions,
};
