import { AmqpError } from '../amqp/amqp-error';
import { AmqpReader } from '../amqp/reader';
import { sectionCodes } from './sections';
import type { Section } from './sections';

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas: "Message property size". */
const maxPropertyBytes = 32 * 1_024;
const maxHeaderBytes = 64 * 1_024;

/**
 * The service names no limit when it refuses, and says that it could not process the request
 * (https://github.com/Azure/azure-sdk-for-net/issues/15325); the second sentence is this broker's.
 */
function tooLarge(what: string, bytes: number, limit: number): AmqpError {
  return new AmqpError(
    'amqp:internal-error',
    `The service was unable to process the request; please retry the operation. (${what}: ${bytes} bytes; the limit is ${limit}.)`,
  );
}

/**
 * Application properties that a message came with, and all of its sections before the body.
 * @throws AmqpError amqp:internal-error when one or all are larger than the service takes
 */
export function checkPropertySizes(bytes: Buffer, sections: readonly Section[]): void {
  const heads = sections.filter(({ code }) => code <= sectionCodes.applicationProperties);
  const total = heads.reduce((sum, { start, end }) => sum + end - start, 0);
  if (total > maxHeaderBytes) throw tooLarge('All properties', total, maxHeaderBytes);
  const section = heads.find(({ code }) => code === sectionCodes.applicationProperties);
  if (!section || section.end - section.start <= maxPropertyBytes) return;
  const reader = new AmqpReader(bytes, section.valueStart, section.end);
  for (let left = reader.readCount('map'); left > 0; left -= 2) {
    const start = reader.position;
    reader.skip();
    reader.skip();
    const size = reader.position - start;
    if (size > maxPropertyBytes) throw tooLarge('One property', size, maxPropertyBytes);
  }
}

/**
 * Properties that a receiver sets with an outcome.
 * @throws AmqpError amqp:internal-error when one or all are larger than the service takes
 */
export function checkChangedSizes(changed: ReadonlyMap<string, Uint8Array>): void {
  let total = 0;
  for (const [name, value] of changed) {
    const size = name.length + value.length;
    total += size;
    if (size > maxPropertyBytes) throw tooLarge('One property', size, maxPropertyBytes);
  }
  if (total > maxHeaderBytes) throw tooLarge('All properties', total, maxHeaderBytes);
}
