import { AmqpDecodeError } from '../amqp/amqp-error';
import { entryOf, toText } from '../amqp/value';
import { batchFormat } from '../front/read-message';
import { readSections, sectionCodes, sectionValue } from '../front/sections';
import type { NewEvent } from './event-hub';

/**
 * The events of a transfer: one, or a batch, whose data sections hold one encoded event each. The key of a batch stands on its
 * envelope.
 * @throws AmqpDecodeError when they cannot be read
 */
export function readEvents(payload: Buffer, messageFormat: number): NewEvent[] {
  const envelopeKey = keyOf(payload);
  if (messageFormat !== batchFormat) return [{ content: Buffer.from(payload), partitionKey: envelopeKey }];
  return readSections(payload)
    .filter(({ code }) => code === sectionCodes.data)
    .map((section) => {
      const value = sectionValue(payload, section);
      if (value?.type !== 'binary') throw new AmqpDecodeError('A batch must hold its events as binary');
      return { content: Buffer.from(value.value), partitionKey: envelopeKey ?? keyOf(value.value) };
    });
}

function keyOf(payload: Buffer): string | undefined {
  const annotations = readSections(payload).find(({ code }) => code === sectionCodes.messageAnnotations);
  return toText(entryOf(sectionValue(payload, annotations), 'x-opt-partition-key'));
}
