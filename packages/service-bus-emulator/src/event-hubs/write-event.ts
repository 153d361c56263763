import { long, string, symbol, timestamp } from '../amqp/value';
import type { AmqpEntry } from '../amqp/value';
import { AmqpWriter } from '../amqp/writer';
import { readSections, sectionCodes } from '../front/sections';
import { copySection, writeAnnotationMap } from '../front/write-message';
import type { StoredEvent } from './event-hub';

/** Annotations that are the service's to write. */
const ownAnnotations: ReadonlySet<string> = new Set([
  'x-opt-sequence-number',
  'x-opt-offset',
  'x-opt-enqueued-time',
  'x-opt-partition-key',
]);

/**
 * The bytes of an event as a receiver gets it: annotations by the service, the rest byte by byte as it was sent.
 * https://learn.microsoft.com/azure/event-hubs/event-hubs-amqp-protocol
 */
export function writeEvent({ content, sequenceNumber, enqueuedAt, partitionKey }: StoredEvent): Buffer {
  const sections = readSections(content);
  const annotations = sections.find(({ code }) => code === sectionCodes.messageAnnotations);
  const own: AmqpEntry[] = [
    [symbol('x-opt-sequence-number'), long(sequenceNumber)],
    [symbol('x-opt-offset'), string(String(sequenceNumber))],
    [symbol('x-opt-enqueued-time'), timestamp(enqueuedAt)],
    ...(partitionKey === undefined
      ? []
      : [[symbol('x-opt-partition-key'), string(partitionKey)] satisfies AmqpEntry]),
  ];
  const writer = new AmqpWriter(content.length + 160);
  const copy = (isWanted: (code: number) => boolean) => {
    for (const section of sections) if (isWanted(section.code)) copySection(writer, content, section);
  };
  copy((code) => code === sectionCodes.header);
  writeAnnotationMap(writer, content, annotations, own, ownAnnotations);
  copy((code) => code > sectionCodes.messageAnnotations && code < sectionCodes.footer);
  copy((code) => code === sectionCodes.footer);
  return writer.toBuffer();
}
