import { z } from 'zod';
import { UserError } from '../../../emulator-kit/src/errors';
import { resolveSettings } from '../setting';
import type { Settings } from '../setting';
import type { RegisteredFunction } from './function-registry';

export type HttpTrigger = {
  readonly kind: 'http';
  readonly bindingName: string;
  /** Upper case; empty: every method. */
  readonly methods: readonly string[];
  readonly authLevel: 'anonymous' | 'function' | 'admin';
  /** Without the prefix of host.json. */
  readonly route: string;
};

export type TimerTrigger = {
  readonly kind: 'timer';
  readonly bindingName: string;
  readonly schedule: string;
  readonly runOnStartup: boolean;
  /** undefined: decided by the schedule. */
  readonly useMonitor: boolean | undefined;
};

export type ServiceBusTrigger = {
  readonly kind: 'serviceBus';
  readonly bindingName: string;
  /** Queue, or `topic/Subscriptions/subscription`. */
  readonly entityPath: string;
  /** Name of the setting that holds the connection string. */
  readonly connection: string;
  readonly sessions: boolean;
  /** undefined: as host.json says. */
  readonly autoComplete: boolean | undefined;
  readonly binary: boolean;
};

export type EventHubTrigger = {
  readonly kind: 'eventHub';
  readonly bindingName: string;
  readonly hub: string;
  readonly consumerGroup: string;
  /** Name of the setting that holds the connection string. */
  readonly connection: string;
  readonly binary: boolean;
};

export type Trigger = HttpTrigger | TimerTrigger | ServiceBusTrigger | EventHubTrigger;

const HttpBinding = z.object({
  authLevel: z.enum(['anonymous', 'function', 'admin']).default('anonymous'),
  methods: z.array(z.string().transform((method) => method.toUpperCase())).default([]),
  route: z.string().optional(),
});

const TimerBinding = z.object({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().optional(),
});

const ServiceBusBinding = z.object({
  queueName: z.string().optional(),
  topicName: z.string().optional(),
  subscriptionName: z.string().optional(),
  connection: z.string().min(1),
  isSessionsEnabled: z.boolean().default(false),
  autoCompleteMessages: z.boolean().optional(),
  cardinality: z
    .literal('one', { error: 'the local functions host runs cardinality "one" only' })
    .default('one'),
  sdkBinding: z
    .literal(false, { error: 'the local functions host does not offer sdkBinding' })
    .default(false),
  dataType: z.string().optional(),
});

const EventHubBinding = z.object({
  eventHubName: z.string().min(1),
  consumerGroup: z.string().min(1).default('$Default'),
  connection: z.string().min(1),
  cardinality: z.literal('many', {
    error: 'the local functions host runs cardinality "many" of event hubs only',
  }),
  sdkBinding: z
    .literal(false, { error: 'the local functions host does not offer sdkBinding' })
    .default(false),
  dataType: z.string().optional(),
});

function refuse(functionName: string, problem: string): never {
  throw new UserError('functions-host/unsupported', `Function "${functionName}": ${problem}`, {
    hint: 'The local functions host runs HTTP, timer, Service Bus and Event Hubs triggers without further bindings.',
  });
}

function parse<Schema extends z.ZodType>(schema: Schema, binding: unknown, name: string): z.infer<Schema> {
  const parsed = schema.safeParse(binding);
  return parsed.success ? parsed.data : refuse(name, z.prettifyError(parsed.error));
}

function toServiceBusTrigger(
  name: string,
  bindingName: string,
  binding: unknown,
  settings: Settings,
): Trigger {
  const parsed = parse(ServiceBusBinding, binding, name);
  const { queueName, topicName, subscriptionName } = parsed;
  const path =
    queueName ?? (topicName && subscriptionName && `${topicName}/Subscriptions/${subscriptionName}`);
  if (!path) return refuse(name, 'neither a queueName nor a topicName with a subscriptionName is given');
  return {
    kind: 'serviceBus',
    bindingName,
    entityPath: resolveSettings(path, settings, `Function "${name}"`),
    connection: parsed.connection,
    sessions: parsed.isSessionsEnabled,
    autoComplete: parsed.autoCompleteMessages,
    binary: parsed.dataType === 'binary',
  };
}

function toEventHubTrigger(name: string, bindingName: string, binding: unknown, settings: Settings): Trigger {
  const { eventHubName, consumerGroup, connection, dataType } = parse(EventHubBinding, binding, name);
  const where = `Function "${name}"`;
  return {
    kind: 'eventHub',
    bindingName,
    hub: resolveSettings(eventHubName, settings, where),
    consumerGroup: resolveSettings(consumerGroup, settings, where),
    connection,
    binary: dataType === 'binary',
  };
}

/**
 * The trigger of a registered function.
 * @throws UserError for anything this host does not run
 */
export function toTrigger(registered: RegisteredFunction, settings: Settings): Trigger {
  const { name, bindings } = registered.metadata;
  const triggers = Object.entries(bindings).filter(([, binding]) => /trigger$/i.test(binding.type ?? ''));
  const [found] = triggers;
  if (!found || triggers.length > 1) return refuse(name, `it has ${triggers.length} triggers`);
  const [bindingName, binding] = found;
  for (const [key, other] of Object.entries(bindings)) {
    const isHttpAnswer = key === '$return' && other.type?.toLowerCase() === 'http';
    if (key !== bindingName && !isHttpAnswer)
      refuse(name, `binding "${key}" (${other.type ?? 'unknown'}) is not built`);
  }
  switch (binding.type?.toLowerCase()) {
    case 'httptrigger': {
      const { route, ...rest } = parse(HttpBinding, binding, name);
      const path = resolveSettings(route ?? name, settings, `Function "${name}"`);
      return { kind: 'http', bindingName, ...rest, route: path.replace(/^\/+|\/+$/g, '') };
    }
    case 'timertrigger': {
      const { schedule, runOnStartup, useMonitor } = parse(TimerBinding, binding, name);
      const text = resolveSettings(schedule, settings, `Function "${name}"`);
      return { kind: 'timer', bindingName, schedule: text, runOnStartup, useMonitor };
    }
    case 'servicebustrigger':
      return toServiceBusTrigger(name, bindingName, binding, settings);
    case 'eventhubtrigger':
      return toEventHubTrigger(name, bindingName, binding, settings);
    default:
      return refuse(name, `${binding.type ?? 'unknown'} is not built`);
  }
}
