import { AmqpError } from '../amqp/amqp-error';
import { array, boolean, entryOf, int, long, string, timestamp, toText } from '../amqp/value';
import type { AmqpEntry } from '../amqp/value';
import { toManagementReply } from '../front/manage';
import type { Reply, Request } from '../front/request-reply';
import type { EventHub, Partition } from './event-hub';
import type { HubFront } from './hub-front';

/** The service's, for a partition to which nothing was sent. */
const never = -62_135_596_800_000;

/**
 * Answers one request to `$management` of the namespace: READ of a hub or of a partition. Errors become a status and a text.
 * https://learn.microsoft.com/azure/event-hubs/event-hubs-amqp-protocol, @azure/event-hubs, src/managementClient.ts
 */
export function manageHubs(request: Request, hubs: Pick<HubFront, 'hub'>): Reply {
  return toManagementReply(() => {
    const property = (name: string) => toText(entryOf(request.properties, name));
    const [operation, type] = [property('operation'), property('type')];
    if (operation !== 'READ') throw unknown('operation', operation);
    const hub = hubs.hub(property('name') ?? '');
    if (type === 'com.microsoft:eventhub') return ofHub(hub);
    if (type === 'com.microsoft:partition')
      return ofPartition(hub, hub.partition(property('partition') ?? ''));
    throw unknown('type', type);
  });
}

const unknown = (what: string, value: string | undefined) =>
  new AmqpError('amqp:not-implemented', `The ${what} "${value ?? ''}" is not supported by this broker`);

function ofHub({ name, createdAt, partitions }: EventHub): readonly AmqpEntry[] {
  const ids = partitions.map(({ id }) => string(id));
  return [
    [string('type'), string('com.microsoft:eventhub')],
    [string('name'), string(name)],
    [string('created_at'), timestamp(createdAt)],
    [string('partition_count'), int(partitions.length)],
    [string('partition_ids'), array('string', ids)],
  ];
}

function ofPartition({ name }: EventHub, partition: Partition): readonly AmqpEntry[] {
  const { id, first, last } = partition;
  return [
    [string('type'), string('com.microsoft:partition')],
    [string('name'), string(name)],
    [string('partition'), string(id)],
    [string('begin_sequence_number'), long(first)],
    [string('last_enqueued_sequence_number'), long(last?.sequenceNumber ?? -1)],
    [string('last_enqueued_offset'), string(String(last?.sequenceNumber ?? -1))],
    [string('last_enqueued_time_utc'), timestamp(last?.enqueuedAt ?? never)],
    [string('is_partition_empty'), boolean(last === undefined)],
  ];
}
