import type { ReceivedEventData } from '@azure/event-hubs';
import { isoTime } from '../../../emulator-kit/src/clock';
import type { TypedData } from '../app/programming-model';

/** The body's bytes; what is no data section comes as its JSON. */
function toBytes({ body }: Pick<ReceivedEventData, 'body'>): Buffer {
  const content: unknown = body;
  if (Buffer.isBuffer(content)) return content;
  if (content instanceof Uint8Array) return Buffer.from(content);
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content ?? null));
}

/** The trigger's input with cardinality `many`: texts, or bytes when the binding asks for `dataType: 'binary'`. */
export function toEventsInput(
  events: readonly Pick<ReceivedEventData, 'body'>[],
  binary: boolean,
): TypedData {
  const bodies = events.map(toBytes);
  return binary
    ? { collectionBytes: { bytes: bodies } }
    : { collectionString: { string: bodies.map((bytes) => bytes.toString('utf8')) } };
}

/**
 * What the extension says of a batch.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs-trigger#event-metadata
 */
export function toEventsMetadata(
  events: readonly ReceivedEventData[],
  partition: { readonly partitionId: string; readonly eventHubName: string; readonly consumerGroup: string },
): Readonly<Record<string, TypedData>> {
  const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });
  const { partitionId, eventHubName, consumerGroup } = partition;
  return {
    partitionContext: json({
      PartitionId: partitionId,
      EventHubName: eventHubName,
      ConsumerGroup: consumerGroup,
    }),
    sequenceNumberArray: json(events.map(({ sequenceNumber }) => sequenceNumber)),
    offsetArray: json(events.map(({ offset }) => offset)),
    enqueuedTimeUtcArray: json(events.map(({ enqueuedTimeUtc }) => isoTime(enqueuedTimeUtc.getTime()))),
    partitionKeyArray: json(events.map(({ partitionKey }) => partitionKey ?? null)),
    propertiesArray: json(events.map(({ properties }) => properties ?? {})),
  };
}
