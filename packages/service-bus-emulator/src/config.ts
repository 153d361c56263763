import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError, ensureError } from '../../emulator-kit/src/errors';
import { parseDuration } from './duration';
import type { HubSettings } from './event-hubs/event-hub';
import { defaultQueueSettings } from './engine/settings';
import type { QueueSettings } from './engine/settings';

const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: ensureError(thrown).message });
    return z.NEVER;
  }
});
const lockDuration = duration.refine((ms) => ms > 0 && ms <= 300_000, 'must be more than 0 and at most PT5M');
const name = z
  .string()
  .regex(/^[A-Za-z0-9]$|^[A-Za-z0-9][\w./~-]{0,258}[A-Za-z0-9_-]$/, 'is not a name a queue can have');
/** Microsoft's file writes "" for "none". */
const target = z.string().transform((text) => (text === '' ? undefined : text));

const QueueProperties = z.strictObject({
  DeadLetteringOnMessageExpiration: z.boolean().optional(),
  DefaultMessageTimeToLive: duration.optional(),
  DuplicateDetectionHistoryTimeWindow: duration.optional(),
  ForwardDeadLetteredMessagesTo: target.optional(),
  ForwardTo: target.optional(),
  LockDuration: lockDuration.optional(),
  MaxDeliveryCount: z.int().min(1).max(2_000).optional(),
  RequiresDuplicateDetection: z.boolean().optional(),
  RequiresSession: z.boolean().optional(),
  // Beyond Microsoft's file, with the names of the management API.
  MaxSizeInMegabytes: z.int().min(1).optional(),
  MaxMessageSizeInKilobytes: z.int().min(1).max(102_400).optional(),
});

/** https://learn.microsoft.com/azure/event-hubs/test-locally-with-event-hub-emulator: counts are texts there. */
const EventHub = z.object({
  Name: z.string().regex(/^[A-Za-z0-9](?:[\w.-]{0,254}[A-Za-z0-9])?$/, 'is not a name an event hub can have'),
  PartitionCount: z.coerce.number().int().min(1).max(32).default(1),
  ConsumerGroups: z.array(z.object({ Name: z.string().min(1) })).default([]),
});

const ConfigFile = z.object({
  UserConfig: z.object({
    NamespaceConfig: z
      .array(z.object({ Type: z.literal('EventHub'), Entities: z.array(EventHub).default([]) }))
      .default([]),
    Namespaces: z
      .array(
        z.object({
          Name: z.string(),
          Queues: z.array(z.object({ Name: name, Properties: QueueProperties.optional() })).default([]),
          Topics: z.array(z.object({ Name: z.string() })).default([]),
        }),
      )
      .length(1, 'must hold exactly one namespace'),
  }),
});

export type ServiceBusConfig = {
  readonly namespace: string;
  readonly queues: readonly { readonly name: string; readonly settings: QueueSettings }[];
  /** Named in the file, and not served: this broker has queues only. */
  readonly topics: readonly string[];
  /** As Microsoft's emulator of Event Hubs has them, in the same file; absent: none. They are in memory only. */
  readonly eventHubs?: readonly HubSettings[];
};

/** Reads the content of a `config.json` as Microsoft's own emulator takes it (https://github.com/Azure/azure-service-bus-emulator-installer). */
export function parseConfig(content: unknown): ServiceBusConfig {
  const parsed = ConfigFile.safeParse(content);
  if (!parsed.success) {
    throw new UserError('service-bus/bad-config', z.prettifyError(parsed.error), {
      hint: "The file has the form of Microsoft's emulator: UserConfig.Namespaces[0].Queues[].Properties.",
    });
  }
  const [namespace] = parsed.data.UserConfig.Namespaces;
  const queues = (namespace?.Queues ?? []).map((queue) => ({
    name: queue.Name,
    settings: toSettings(queue.Properties ?? {}),
  }));
  const eventHubs = parsed.data.UserConfig.NamespaceConfig.flatMap(({ Entities }) => Entities).map((hub) => ({
    name: hub.Name,
    partitions: hub.PartitionCount,
    consumerGroups: hub.ConsumerGroups.map(({ Name }) => Name),
  }));
  refuseContradictions(queues, eventHubs);
  return {
    namespace: namespace?.Name ?? 'sbemulatorns',
    queues,
    topics: (namespace?.Topics ?? []).map((topic) => topic.Name),
    eventHubs,
  };
}

/**
 * What no namespace can hold: two queues or event hubs whose names differ only in case, a queue with sessions that forwards
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-auto-forwarding#considerations).
 * @throws UserError that names the queue
 */
export function refuseContradictions(
  queues: ServiceBusConfig['queues'],
  eventHubs: readonly Pick<HubSettings, 'name'>[] = [],
): void {
  const names = new Map<string, string>();
  for (const { name } of [...queues, ...eventHubs]) {
    const other = names.get(name.toLowerCase());
    if (other !== undefined) {
      const what = eventHubs.some((hub) => hub.name === name) ? 'entities' : 'queues';
      throw new UserError('service-bus/bad-config', `The ${what} "${other}" and "${name}" have one name`, {
        hint: 'Names are compared without regard to case. Leave one of them out.',
      });
    }
    names.set(name.toLowerCase(), name);
  }
  for (const { name, settings } of queues) {
    if (settings.requiresSession && settings.forwardTo !== undefined) {
      throw new UserError(
        'service-bus/bad-config',
        `The queue "${name}" has sessions and forwards its messages`,
        {
          hint: 'Set RequiresSession to false, or leave ForwardTo out.',
        },
      );
    }
  }
}

/**
 * Reads a `config.json` in the form of Microsoft's emulator.
 * @throws UserError that names the file, when it cannot be read or holds a wrong value
 */
export function readConfigFile(path: string): ServiceBusConfig {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new UserError('service-bus/unreadable-config', `${path}: ${ensureError(thrown).message}`, {
      hint: 'Pass the path of a JSON file with --config.',
      cause: thrown,
    });
  }
  try {
    return parseConfig(content);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    throw new UserError(thrown.code as string, `${path}:\n${thrown.message}`, {
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      cause: thrown,
    });
  }
}

function toSettings(properties: z.infer<typeof QueueProperties>): QueueSettings {
  const defaults = defaultQueueSettings;
  return {
    ...defaults,
    lockDurationMs: properties.LockDuration ?? defaults.lockDurationMs,
    maxDeliveryCount: properties.MaxDeliveryCount ?? defaults.maxDeliveryCount,
    requiresSession: properties.RequiresSession ?? defaults.requiresSession,
    defaultTimeToLiveMs: properties.DefaultMessageTimeToLive ?? defaults.defaultTimeToLiveMs,
    deadLetteringOnMessageExpiration:
      properties.DeadLetteringOnMessageExpiration ?? defaults.deadLetteringOnMessageExpiration,
    requiresDuplicateDetection: properties.RequiresDuplicateDetection ?? defaults.requiresDuplicateDetection,
    duplicateDetectionWindowMs:
      properties.DuplicateDetectionHistoryTimeWindow ?? defaults.duplicateDetectionWindowMs,
    forwardTo: properties.ForwardTo,
    forwardDeadLetteredMessagesTo: properties.ForwardDeadLetteredMessagesTo,
    maxSizeInMegabytes: properties.MaxSizeInMegabytes ?? defaults.maxSizeInMegabytes,
    maxMessageSizeBytes: (properties.MaxMessageSizeInKilobytes ?? 256) * 1_024,
  };
}
