import { queueNames, readHint, readOperation } from './messages';
import type { Hint, Read } from './messages';
import type { QueueName } from './queue-sender';

/** Whom a message is about, and who asked for it, whatever queue it is from. */
export type MessageSubject = { readonly userId: string; readonly source: Hint['source'] | undefined };

const subjectOfHint = (body: unknown): Read<MessageSubject> =>
  mapRead(readHint(body), ({ hint }) => ({ userId: hint.user.id, source: hint.source }));
const subjectOfOperation = (body: unknown): Read<MessageSubject> =>
  mapRead(readOperation(body), ({ operation }) => ({ userId: operation.user.id, source: operation.source }));

/**
 * What each queue carries. A new queue is a name in `queueNames`, a line here, a function in functions/ and an entry
 * in local/service-bus.config.json, from which Bicep and `doctor` take the rest.
 */
const subjectReaders: Readonly<Record<QueueName, (body: unknown) => Read<MessageSubject>>> = {
  [queueNames.directoryChanges]: subjectOfHint,
  [queueNames.licenseChanges]: subjectOfOperation,
  [queueNames.licenseChangesBulk]: subjectOfOperation,
};

/** Reads as much of a message as tells whom it is about. */
export function readSubject(queue: QueueName, body: unknown): Read<MessageSubject> {
  return subjectReaders[queue](body);
}

function mapRead<From, To>(read: Read<From>, map: (message: From) => To): Read<To> {
  return read.kind === 'message' ? { kind: 'message', message: map(read.message) } : read;
}
