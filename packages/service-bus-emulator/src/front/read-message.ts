import { AmqpDecodeError, AmqpError } from '../amqp/amqp-error';
import { entryOf, list, nothing, string, timestamp, toInteger, toText } from '../amqp/value';
import type { AmqpValue } from '../amqp/value';
import { AmqpWriter } from '../amqp/writer';
import type { NewMessage } from '../engine/message';
import { checkPropertySizes } from './property-limits';
import { readSections, sectionCodes, sectionValue } from './sections';
import type { Section } from './sections';

/** The transfer format of a batch: data sections that hold one encoded message each. */
export const batchFormat = 0x80013700;
/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas: message and session ids. */
const maxIdLength = 128;
/** Positions in the properties section (AMQP 1.0 part 3, section 3.2.4). */
const messageIdField = 0;
const expiryField = 8;
const createdField = 9;

export type ReadOptions = {
  /** 32 hex digits; for messages that came without an id. */
  readonly newMessageId: () => string;
  /** The longest time to live that the queue allows; Infinity: any. */
  readonly maxTimeToLiveMs: number;
};

/**
 * The message, or the messages of a batch, in a transfer.
 * @throws AmqpError when they cannot be read
 */
export function readMessages(payload: Buffer, messageFormat: number, options: ReadOptions): NewMessage[] {
  if (messageFormat !== batchFormat) return [readMessage(payload, options)];
  return readSections(payload)
    .filter((section) => section.code === sectionCodes.data)
    .map((section) => {
      const value = sectionValue(payload, section);
      if (value?.type !== 'binary') throw new AmqpDecodeError('A batch must hold its messages as binary');
      return readMessage(value.value, options);
    });
}

/**
 * One message as a queue takes it.
 * @throws AmqpError when it cannot be read
 */
export function readMessage(payload: Buffer, options: ReadOptions): NewMessage {
  const sections = readSections(payload);
  checkPropertySizes(payload, sections);
  const find = (code: number) => sections.find((section) => section.code === code);
  const header = sectionValue(payload, find(sectionCodes.header));
  const annotations = sectionValue(payload, find(sectionCodes.messageAnnotations));
  const propertiesSection = find(sectionCodes.properties);
  const properties = sectionValue(payload, propertiesSection);
  const property = (index: number) => (properties?.type === 'list' ? properties.value[index] : undefined);
  const messageId = idText(property(messageIdField));
  const sessionId = limited(toText(property(10)), 'session id');
  const scheduled = entryOf(annotations, 'x-opt-scheduled-enqueue-time');
  const timeToLive = header?.type === 'list' ? toInteger(header.value[2]) : undefined;
  const givenId = messageId ?? options.newMessageId();
  const changes = new Map<number, AmqpValue>();
  // Clients need an id: lock renewal is kept by it.
  if (messageId === undefined) changes.set(messageIdField, string(givenId));
  const expiry = shorterExpiry(toInteger(property(createdField)), toInteger(property(expiryField)), options);
  if (expiry) changes.set(expiryField, expiry);
  return {
    content:
      changes.size === 0
        ? Buffer.from(payload)
        : withProperties(payload, propertiesSection, properties, sections, changes),
    messageId: limited(givenId, 'message id') ?? givenId,
    sessionId,
    partitionKey: limited(toText(entryOf(annotations, 'x-opt-partition-key')), 'partition key'),
    timeToLiveMs: timeToLive,
    scheduledFor: scheduled?.type === 'timestamp' ? scheduled.value : undefined,
  };
}

/** Ids may be of four types; as text they are compared for duplicates. */
function idText(value: AmqpValue | undefined): string | undefined {
  switch (value?.type) {
    case 'string':
      return value.value === '' ? undefined : value.value;
    case 'ulong':
      return String(value.value);
    case 'uuid':
    case 'binary':
      return value.value.toString('hex');
    default:
      return undefined;
  }
}

function limited(text: string | undefined, what: string): string | undefined {
  if (text !== undefined && text.length > maxIdLength) {
    throw new AmqpError('amqp:invalid-field', `The ${what} is longer than ${maxIdLength} characters`);
  }
  return text;
}

/**
 * Clients take the difference of the two for the time to live, before the header's: a queue that allows less shows there
 * too. undefined: nothing to change.
 */
function shorterExpiry(
  createdAt: number | undefined,
  expiresAt: number | undefined,
  { maxTimeToLiveMs }: ReadOptions,
): AmqpValue | undefined {
  if (createdAt === undefined || expiresAt === undefined) return undefined;
  return expiresAt - createdAt > maxTimeToLiveMs ? timestamp(createdAt + maxTimeToLiveMs) : undefined;
}

/** The message with some fields of its properties replaced, or with properties when it has none. */
function withProperties(
  payload: Buffer,
  section: Section | undefined,
  properties: AmqpValue | undefined,
  sections: readonly Section[],
  changes: ReadonlyMap<number, AmqpValue>,
): Buffer {
  const next = sections.find((other) => other.code > sectionCodes.properties);
  const start = section?.start ?? next?.start ?? payload.length;
  const end = section?.end ?? start;
  const fields = properties?.type === 'list' ? [...properties.value] : [];
  for (const [index, value] of changes) {
    while (fields.length < index) fields.push(nothing);
    fields[index] = value;
  }
  const writer = new AmqpWriter(payload.length + 64);
  writer.bytes(payload.subarray(0, start));
  writer.descriptor(sectionCodes.properties);
  writer.write(list(fields));
  writer.bytes(payload.subarray(end));
  return Buffer.from(writer.toBuffer());
}
