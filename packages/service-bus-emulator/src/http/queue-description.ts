import { isoTime } from '../../../emulator-kit/src/clock';
import { formatDuration, parseDuration } from '../duration';
import { BrokerError } from '../engine/broker-error';
import type { Queue } from '../engine/queue';
import type { QueueSettings } from '../engine/settings';
import { writeAuthorizationRules } from './authorization-rules';
import { element } from './xml';

/** .NET's smallest DateTime, which the service writes for a queue that no client used yet. */
const neverAccessed = '0001-01-01T00:00:00Z';

/** The QueueDescription of a queue, runtime properties included, in the order the service writes them. */
export function toQueueDescription(queue: Queue, host: string): string {
  const { settings, state } = queue;
  const counters = queue.counters();
  const url = (target: string | undefined) => target && `sb://${host}/${target}`;
  const count = (name: string, value: number) => `<d2p1:${name}>${value}</d2p1:${name}>`;
  return [
    '<QueueDescription xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">',
    element('LockDuration', formatDuration(settings.lockDurationMs)),
    element('MaxSizeInMegabytes', settings.maxSizeInMegabytes),
    element('RequiresDuplicateDetection', settings.requiresDuplicateDetection),
    element('RequiresSession', settings.requiresSession),
    element('DefaultMessageTimeToLive', formatDuration(settings.defaultTimeToLiveMs)),
    element('DeadLetteringOnMessageExpiration', settings.deadLetteringOnMessageExpiration),
    element('DuplicateDetectionHistoryTimeWindow', formatDuration(settings.duplicateDetectionWindowMs)),
    element('MaxDeliveryCount', settings.maxDeliveryCount),
    element('EnableBatchedOperations', settings.enableBatchedOperations),
    element('SizeInBytes', state.bytes),
    element('MessageCount', state.messages.size + counters.deadLetterNow),
    element('IsAnonymousAccessible', false),
    writeAuthorizationRules(settings.authorizationRules),
    element('Status', settings.status),
    element('ForwardTo', url(settings.forwardTo)),
    element('UserMetadata', settings.userMetadata),
    element('CreatedAt', isoTime(state.createdAt)),
    element('UpdatedAt', isoTime(state.updatedAt)),
    element('AccessedAt', state.accessedAt === undefined ? neverAccessed : isoTime(state.accessedAt)),
    element('SupportOrdering', true),
    '<CountDetails xmlns:d2p1="http://schemas.microsoft.com/netservices/2011/06/servicebus">',
    count('ActiveMessageCount', counters.active),
    count('DeadLetterMessageCount', counters.deadLetterNow),
    count('ScheduledMessageCount', counters.scheduledNow),
    count('TransferMessageCount', 0),
    count('TransferDeadLetterMessageCount', 0),
    '</CountDetails>',
    element('AutoDeleteOnIdle', formatDuration(Infinity)),
    element('EnablePartitioning', false),
    element('EntityAvailabilityStatus', 'Available'),
    element('EnableExpress', false),
    element('ForwardDeadLetteredMessagesTo', url(settings.forwardDeadLetteredMessagesTo)),
    element('MaxMessageSizeInKilobytes', Math.ceil(settings.maxMessageSizeBytes / 1_024)),
    '</QueueDescription>',
  ].join('');
}

type Fields = ReadonlyMap<string, string>;

/**
 * Reads a QueueDescription over `base`: what it does not name stays.
 * @throws BrokerError invalid-request
 */
export function toSettings(fields: Fields, base: QueueSettings): QueueSettings {
  refuseUnsupported(fields);
  const maxMessageKilobytes = toCount(fields, 'MaxMessageSizeInKilobytes', 102_400);
  const lockDurationMs = toMs(fields, 'LockDuration') ?? base.lockDurationMs;
  if (lockDurationMs <= 0 || lockDurationMs > 300_000) throw invalid('LockDuration', 'at most PT5M');
  const settings: QueueSettings = {
    lockDurationMs,
    maxDeliveryCount: toCount(fields, 'MaxDeliveryCount', 2_000) ?? base.maxDeliveryCount,
    requiresSession: toFlag(fields, 'RequiresSession') ?? base.requiresSession,
    defaultTimeToLiveMs: toMs(fields, 'DefaultMessageTimeToLive') ?? base.defaultTimeToLiveMs,
    deadLetteringOnMessageExpiration:
      toFlag(fields, 'DeadLetteringOnMessageExpiration') ?? base.deadLetteringOnMessageExpiration,
    requiresDuplicateDetection:
      toFlag(fields, 'RequiresDuplicateDetection') ?? base.requiresDuplicateDetection,
    duplicateDetectionWindowMs:
      toMs(fields, 'DuplicateDetectionHistoryTimeWindow') ?? base.duplicateDetectionWindowMs,
    forwardTo: toTarget(fields, 'ForwardTo'),
    forwardDeadLetteredMessagesTo: toTarget(fields, 'ForwardDeadLetteredMessagesTo'),
    maxSizeInMegabytes: toCount(fields, 'MaxSizeInMegabytes', 81_920) ?? base.maxSizeInMegabytes,
    maxMessageSizeBytes:
      maxMessageKilobytes === undefined ? base.maxMessageSizeBytes : maxMessageKilobytes * 1_024,
    status: toStatus(fields) ?? base.status,
    userMetadata: fields.get('UserMetadata') ?? undefined,
    enableBatchedOperations: toFlag(fields, 'EnableBatchedOperations') ?? base.enableBatchedOperations,
    authorizationRules: base.authorizationRules,
  };
  if (settings.forwardTo !== undefined && settings.requiresSession) {
    throw new BrokerError(
      'invalid-request',
      'SubCode=40000. Bad Request. A queue with sessions cannot forward its messages.',
    );
  }
  return settings;
}

/** What the service does not let anyone change. */
export function refuseChanges(before: QueueSettings, after: QueueSettings): void {
  for (const name of ['requiresSession', 'requiresDuplicateDetection'] as const) {
    if (before[name] !== after[name]) {
      throw new BrokerError('invalid-request', `${name} cannot be changed after the queue has been created`);
    }
  }
}

function refuseUnsupported(fields: Fields): void {
  for (const name of ['EnablePartitioning', 'EnableExpress']) {
    if (fields.get(name)?.toLowerCase() === 'true') throw invalid(name, 'false: it is not supported here');
  }
  if ((toMs(fields, 'AutoDeleteOnIdle') ?? Infinity) !== Infinity) {
    throw invalid('AutoDeleteOnIdle', 'left out: it is not supported here');
  }
}

function toMs(fields: Fields, name: string): number | undefined {
  const text = fields.get(name);
  if (text === undefined) return undefined;
  try {
    return parseDuration(text);
  } catch {
    throw invalid(name, 'an ISO 8601 duration');
  }
}

function toCount(fields: Fields, name: string, max: number): number | undefined {
  const text = fields.get(name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > max) throw invalid(name, `a number from 1 to ${max}`);
  return count;
}

function toFlag(fields: Fields, name: string): boolean | undefined {
  const text = fields.get(name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw invalid(name, 'true or false');
  return text === 'true';
}

/** A queue's name, or its address as clients write it: sb://host/name. */
function toTarget(fields: Fields, name: string): string | undefined {
  const target = fields
    .get(name)
    ?.replace(/^\w+:\/\/[^/]+\//, '')
    .replace(/\/$/, '');
  return target === '' ? undefined : target;
}

function toStatus(fields: Fields): QueueSettings['status'] | undefined {
  const status = fields.get('Status');
  switch (status) {
    case undefined:
    case 'Active':
    case 'Disabled':
    case 'SendDisabled':
    case 'ReceiveDisabled':
      return status;
    default:
      throw invalid('Status', 'Active, Disabled, SendDisabled or ReceiveDisabled');
  }
}

function invalid(name: string, expected: string): BrokerError {
  return new BrokerError('invalid-request', `${name} must be ${expected}`);
}
