import { AmqpReader } from '../amqp/reader';
import {
  boolean,
  list,
  long,
  nothing,
  string,
  symbol,
  timestamp,
  toText,
  ubyte,
  uint,
  int,
} from '../amqp/value';
import type { AmqpEntry, AmqpValue } from '../amqp/value';
import { AmqpWriter } from '../amqp/writer';
import type { StoredMessage } from '../engine/message';
import { readSections, sectionCodes, sectionValue } from './sections';
import type { Section } from './sections';

/** Annotations that are the broker's to write; what a client sent under these names is dropped. */
const ownAnnotations = new Set([
  'x-opt-sequence-number',
  'x-opt-enqueue-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-deadletter-source',
]);
/** `messageState` in @azure/service-bus, src/serviceBusMessage.ts. */
const stateCodes = { active: 0, deferred: 1, scheduled: 2 } as const;
const largestUint = 0xffff_ffff;

/**
 * The bytes of a message as a receiver gets it: header and annotations by the broker, the rest byte by byte as it was
 * sent, but for properties that a consumer changed. `omitBody` leaves the body out (peek).
 */
export function writeMessage(message: StoredMessage, options: { readonly omitBody?: boolean } = {}): Buffer {
  const bytes = Buffer.from(message.content.buffer, message.content.byteOffset, message.content.byteLength);
  const sections = readSections(bytes);
  const find = (code: number) => sections.find((section) => section.code === code);
  const writer = new AmqpWriter(bytes.length + 320);
  writeHeader(writer, sectionValue(bytes, find(sectionCodes.header)), message);
  writeAnnotations(writer, bytes, find(sectionCodes.messageAnnotations), message);
  copySection(writer, bytes, find(sectionCodes.properties));
  writeApplicationProperties(writer, bytes, find(sectionCodes.applicationProperties), message);
  for (const section of options.omitBody ? [] : sections)
    if (isBody(section)) copySection(writer, bytes, section);
  copySection(writer, bytes, find(sectionCodes.footer));
  return writer.toBuffer();
}

function isBody({ code }: Section): boolean {
  return code > sectionCodes.applicationProperties && code < sectionCodes.footer;
}

/** Writes a section as it is; undefined: nothing. */
export function copySection(writer: AmqpWriter, bytes: Buffer, section: Section | undefined): void {
  if (section) writer.bytes(bytes.subarray(section.start, section.end));
}

/**
 * The time to live is the one that holds: a message without one, or with a longer one than its queue's, gets the queue's
 * (https://learn.microsoft.com/azure/service-bus-messaging/message-expiration#entity-level-expiration).
 */
function writeHeader(writer: AmqpWriter, header: AmqpValue | undefined, message: StoredMessage): void {
  const field = (index: number) => (header?.type === 'list' ? header.value[index] : undefined) ?? nothing;
  const durable = field(0);
  const priority = field(1);
  writer.descriptor(sectionCodes.header);
  writer.write(
    list([
      durable.type === 'boolean' ? durable : boolean(true),
      priority.type === 'ubyte' ? priority : ubyte(4),
      message.timeToLiveMs <= largestUint ? uint(message.timeToLiveMs) : field(2),
      field(3),
      uint(message.deliveryCount),
    ]),
  );
}

/**
 * A message that was scheduled still says so when it has come
 * (https://github.com/Azure/azure-sdk-for-js/pull/19357: Microsoft's live tests allow for it).
 */
function shownState({ state, scheduledFor }: StoredMessage): StoredMessage['state'] {
  return state === 'active' && scheduledFor !== undefined ? 'scheduled' : state;
}

function writeAnnotations(
  writer: AmqpWriter,
  bytes: Buffer,
  section: Section | undefined,
  message: StoredMessage,
): void {
  const own: AmqpEntry[] = [
    [symbol('x-opt-sequence-number'), long(message.sequenceNumber)],
    [symbol('x-opt-enqueue-sequence-number'), long(message.enqueuedSequenceNumber)],
    [symbol('x-opt-enqueued-time'), timestamp(message.enqueuedAt)],
    [symbol('x-opt-message-state'), int(stateCodes[shownState(message)])],
  ];
  if (message.lock) own.push([symbol('x-opt-locked-until'), timestamp(message.lock.until)]);
  if (message.deadLetter) own.push([symbol('x-opt-deadletter-source'), string(message.deadLetter.source)]);
  writeAnnotationMap(writer, bytes, section, own, ownAnnotations);
}

/** The annotations of a delivery: those of the sender in `section`, but for the names that are the service's, and `own`. */
export function writeAnnotationMap(
  writer: AmqpWriter,
  bytes: Buffer,
  section: Section | undefined,
  own: readonly AmqpEntry[],
  ownNames: ReadonlySet<string>,
): void {
  const kept = section ? rawEntries(bytes, section, (name) => !ownNames.has(name)) : [];
  writer.descriptor(sectionCodes.messageAnnotations);
  const mark = writer.startCompound(0xd1, 2 * (kept.length + own.length));
  for (const entry of kept) writer.bytes(entry);
  for (const [key, value] of own) {
    writer.write(key);
    writer.write(value);
  }
  writer.endCompound(mark);
}

function writeApplicationProperties(
  writer: AmqpWriter,
  bytes: Buffer,
  section: Section | undefined,
  message: StoredMessage,
): void {
  const own = new Map<string, Uint8Array | AmqpValue>(message.changed ?? []);
  if (message.deadLetter?.reason !== undefined)
    own.set('DeadLetterReason', string(message.deadLetter.reason));
  if (message.deadLetter?.description !== undefined) {
    own.set('DeadLetterErrorDescription', string(message.deadLetter.description));
  }
  if (own.size === 0) {
    copySection(writer, bytes, section);
    return;
  }
  const kept = section ? rawEntries(bytes, section, (name) => !own.has(name)) : [];
  writer.descriptor(sectionCodes.applicationProperties);
  const mark = writer.startCompound(0xd1, 2 * (kept.length + own.size));
  for (const entry of kept) writer.bytes(entry);
  for (const [key, value] of own) {
    writer.write(string(key));
    if (value instanceof Uint8Array) writer.bytes(value);
    else writer.write(value);
  }
  writer.endCompound(mark);
}

/** The encoded key-value pairs of a map section whose name passes, untouched. */
function rawEntries(bytes: Buffer, section: Section, passes: (name: string) => boolean): Buffer[] {
  const reader = new AmqpReader(bytes, section.valueStart, section.end);
  const entries: Buffer[] = [];
  for (let left = reader.readCount('map'); left > 0; left -= 2) {
    const start = reader.position;
    const name = toText(reader.read()) ?? '';
    reader.skip();
    if (passes(name)) entries.push(bytes.subarray(start, reader.position));
  }
  return entries;
}
