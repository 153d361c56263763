import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { AppError } from '../../../emulator-kit/src/errors';
import type { TypedData } from '../app/programming-model';

const utcTime = (time: Date) => time.toISOString();
/** .NET writes a DateTimeOffset in UTC with an explicit offset. */
const offsetTime = (time: Date) => time.toISOString().replace(/Z$/, '+00:00');

const text = (value: string | number | Buffer | null | undefined): TypedData | undefined =>
  value === undefined || value === null ? undefined : { string: String(value) };
const json = (value: unknown): TypedData | undefined =>
  value === undefined ? undefined : { json: JSON.stringify(value) };

/** The body's bytes; a message whose body is no data section cannot be read by the trigger in Azure either. */
function toBytes(message: ServiceBusReceivedMessage): Buffer {
  const body = message.body as unknown;
  if (Buffer.isBuffer(body)) return body;
  if (Array.isArray(body) && body.every((part) => Buffer.isBuffer(part))) return Buffer.concat(body);
  throw new AppError('functions-host/body-not-data', 'The body of the message is not an AMQP data section');
}

/** The trigger's input: text, or bytes when the binding asks for `dataType: 'binary'`. */
export function toMessageInput(message: ServiceBusReceivedMessage, binary: boolean): TypedData {
  const bytes = toBytes(message);
  return binary ? { bytes } : { string: bytes.toString('utf8') };
}

/** Scalars become text as .NET writes them, objects stay objects; lists and null are not copied. */
function toBindingData(value: unknown): TypedData | undefined {
  switch (typeof value) {
    case 'string':
      return { string: value };
    case 'number':
      return { string: String(value) };
    case 'boolean':
      return { string: value ? 'True' : 'False' };
    case 'object':
      return value === null || Array.isArray(value) ? undefined : { json: JSON.stringify(value) };
    default:
      return undefined;
  }
}

/** The host copies what a JSON body has at its top over metadata of the same name, whatever its case. */
function applyBody(metadata: Map<string, TypedData>, body: string): void {
  if (!body.trimStart().startsWith('{')) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return;
  }
  for (const [key, value] of Object.entries(parsed as Record<string, unknown>)) {
    const data = toBindingData(value);
    if (data === undefined) continue;
    const taken = [...metadata.keys()].find((name) => name.toLowerCase() === key.toLowerCase());
    metadata.set(taken ?? key, data);
  }
}

/**
 * Trigger metadata of one message with the names and conversions of the Service Bus extension 5.x.
 * Source: Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.ServiceBus,
 * src/Triggers/ServiceBusTriggerBindingStrategy.cs; Azure/azure-functions-host,
 * src/WebJobs.Script/Utility.cs (ApplyBindingData, ConvertPropertyValue).
 */
export function toMessageMetadata(
  message: ServiceBusReceivedMessage,
  input: TypedData,
): Record<string, TypedData> {
  const annotations = message._rawAmqpMessage.messageAnnotations ?? {};
  const values: Record<string, TypedData | undefined> = {
    // The JS client shows the raw count (0 on the first delivery), .NET and so the Functions host one more.
    DeliveryCount: { int: (message.deliveryCount ?? 0) + 1 },
    DeadLetterSource: text(message.deadLetterSource),
    LockToken: text(message.lockToken),
    ExpiresAtUtc: message.expiresAtUtc && json(utcTime(message.expiresAtUtc)),
    ExpiresAt: message.expiresAtUtc && json(offsetTime(message.expiresAtUtc)),
    EnqueuedTimeUtc: message.enqueuedTimeUtc && json(utcTime(message.enqueuedTimeUtc)),
    EnqueuedTime: message.enqueuedTimeUtc && json(offsetTime(message.enqueuedTimeUtc)),
    MessageId: text(message.messageId),
    ContentType: text(message.contentType),
    ReplyTo: text(message.replyTo),
    SequenceNumber: message.sequenceNumber && { int: message.sequenceNumber.toNumber() },
    To: text(message.to),
    Subject: text(message.subject),
    Label: text(message.subject),
    CorrelationId: text(message.correlationId),
    ApplicationProperties: json(message.applicationProperties ?? {}),
    UserProperties: json(message.applicationProperties ?? {}),
    SessionId: text(message.sessionId),
    ReplyToSessionId: text(message.replyToSessionId),
    PartitionKey: text(message.partitionKey),
    TransactionPartitionKey: text(annotations['x-opt-via-partition-key'] as string | undefined),
  };
  const metadata = new Map<string, TypedData>();
  for (const [name, value] of Object.entries(values)) if (value) metadata.set(name, value);
  if (input.string !== undefined) applyBody(metadata, input.string);
  return Object.fromEntries(metadata);
}

/** The W3C trace parent that a sender with tracing left in the application properties. */
export function traceParentOf(message: ServiceBusReceivedMessage): string | undefined {
  const value =
    message.applicationProperties?.['Diagnostic-Id'] ?? message.applicationProperties?.['traceparent'];
  return typeof value === 'string' ? value : undefined;
}
