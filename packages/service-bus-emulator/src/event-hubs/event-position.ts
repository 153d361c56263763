import { AmqpError } from '../amqp/amqp-error';
import { toText } from '../amqp/value';
import type { AmqpValue } from '../amqp/value';
import type { Partition } from './event-hub';

const selector = /^amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)\s*(>=?)\s*'([^']*)'$/;
const filterName = 'apache.org:selector-filter:string';

/**
 * The number of the first event that a receiver gets, by the filter of its source; without one the oldest. Offsets are
 * numbers here, as texts: what the service makes them of is its own, and clients only give them back. A place behind the end
 * is one of a run before, which the hub has forgotten: then all is read, so that a host that has kept its place misses nothing.
 * Source: @azure/event-hubs, src/eventPosition.ts.
 * @throws AmqpError for a filter that is none of a position
 */
export function startOf(filter: AmqpValue | undefined, partition: Partition): number {
  const text = selectorOf(filter);
  if (text === undefined) return partition.first;
  const [, by, comparison, value = ''] = selector.exec(text) ?? [];
  if (by === 'offset' && value === '-1') return partition.first;
  if (by === 'offset' && value === '@latest') return partition.next;
  const number = Number(value);
  if (by === undefined || value === '' || !Number.isSafeInteger(number)) {
    throw new AmqpError('com.microsoft:argument-error', `The filter "${text}" is not a position in a hub`);
  }
  if (by === 'enqueued-time') return partition.firstAfter(comparison === '>' ? number : number - 1);
  const start = comparison === '>' ? number + 1 : number;
  return start > partition.next ? partition.first : start;
}

function selectorOf(filter: AmqpValue | undefined): string | undefined {
  const entries = filter?.type === 'map' ? filter.value : [];
  for (const [key, value] of entries) {
    const text = toText(value.type === 'described' ? value.value : value);
    if (toText(key) === filterName && text !== undefined) return text;
    throw new AmqpError(
      'amqp:not-implemented',
      `The filter "${toText(key) ?? ''}" is not supported by this broker`,
    );
  }
  return undefined;
}
