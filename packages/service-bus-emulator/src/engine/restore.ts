import type { Broker } from './broker';
import { toFacts } from './journal';
import type { JournalRecord } from './journal';
import type { Queue } from './queue';
import { defaultQueueSettings } from './settings';

/** Applies one record of a journal to a broker that has not been started. */
export function restore(broker: Broker, record: JournalRecord): void {
  if (record.kind === 'define') {
    // A journal of an older version lacks the newer settings.
    const settings = { ...defaultQueueSettings, ...record.settings };
    if (broker.find(record.queue)) broker.update(record.queue, settings);
    else broker.create(record.queue, settings);
    return;
  }
  const queue = broker.find(record.queue);
  if (!queue) return;
  const { state } = queue;
  switch (record.kind) {
    case 'drop':
      broker.delete(record.queue);
      return;
    case 'put':
      queue.restore(record.message);
      return;
    case 'change': {
      const message = state.messages.get(record.sequenceNumber);
      if (message) state.change(message, record.change);
      return;
    }
    case 'remove': {
      const message = state.messages.get(record.sequenceNumber);
      if (message) state.remove(message);
      return;
    }
    case 'sessionState':
      state.sessions.sessionOf(record.sessionId).state = record.state;
      return;
    case 'seen':
      state.duplicates.remember(record.messageId, record.at);
      return;
    case 'sequence':
      state.sequence.keepAbove(record.last);
  }
}

/** The records that bring a fresh broker to the state this one is in. */
export function* snapshot(broker: Broker): Iterable<JournalRecord> {
  for (const queue of broker.queues) {
    const { name, state, deadLetters } = queue;
    yield { kind: 'define', queue: name, settings: state.settings };
    yield { kind: 'sequence', queue: name, last: state.sequence.last };
    yield* messagesOf(queue);
    if (deadLetters) yield* messagesOf(deadLetters);
    for (const session of state.sessions.all) {
      if (session.state === null) continue;
      yield { kind: 'sessionState', queue: name, sessionId: session.id, state: session.state };
    }
    state.duplicates.forgetBefore(state.now - state.settings.duplicateDetectionWindowMs);
    for (const [messageId, at] of state.duplicates.entries()) {
      yield { kind: 'seen', queue: name, messageId, at };
    }
  }
}

function* messagesOf({ name, state }: Queue): Iterable<JournalRecord> {
  for (const message of state.messages.values()) {
    yield { kind: 'put', queue: name, message: toFacts(message) };
  }
}
