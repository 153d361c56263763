import { AmqpDecodeError } from '../amqp/amqp-error';
import { descriptorCode } from '../amqp/performatives';
import { AmqpReader } from '../amqp/reader';
import type { AmqpValue } from '../amqp/value';

/** Section codes of a message (AMQP 1.0 part 3, section 3.2). */
export const sectionCodes = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

/** Where a section lies: the whole of it, and the value behind its descriptor. */
export type Section = {
  readonly code: number;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
};

const symbolic: Readonly<Record<string, number>> = {
  'amqp:header:list': 0x70,
  'amqp:delivery-annotations:map': 0x71,
  'amqp:message-annotations:map': 0x72,
  'amqp:properties:list': 0x73,
  'amqp:application-properties:map': 0x74,
  'amqp:data:binary': 0x75,
  'amqp:amqp-sequence:list': 0x76,
  'amqp:amqp-value:*': 0x77,
  'amqp:footer:map': 0x78,
};

/**
 * Finds the sections without decoding them, in whatever order: rhea, and so @azure/service-bus, writes a footer before
 * the body, and the service takes it.
 * @throws AmqpDecodeError on anything that is not a message
 */
export function readSections(bytes: Buffer): Section[] {
  const sections: Section[] = [];
  const reader = new AmqpReader(bytes);
  while (reader.remaining > 0) {
    const start = reader.position;
    if (bytes[start] !== 0x00) throw new AmqpDecodeError('A message section must be described');
    reader.position++;
    const descriptor = reader.read();
    const code = descriptor.type === 'symbol' ? symbolic[descriptor.value] : descriptorCode(descriptor);
    if (code === undefined || code < 0x70 || code > 0x78) {
      throw new AmqpDecodeError('A message section of an unknown kind');
    }
    const valueStart = reader.position;
    reader.skip();
    sections.push({ code, start, valueStart, end: reader.position });
  }
  return sections;
}

/** The decoded value of a section; undefined when the message has none. */
export function sectionValue(bytes: Buffer, section: Section | undefined): AmqpValue | undefined {
  return section && new AmqpReader(bytes, section.valueStart, section.end).read();
}
