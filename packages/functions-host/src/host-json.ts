import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../emulator-kit/src/errors';
import { parseTimeSpan } from './time-span';

function toMs(text: string, context: z.RefinementCtx): number {
  const ms = parseTimeSpan(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: `"${text}" is not a time span (hh:mm:ss)` });
  return z.NEVER;
}

const duration = z.string().transform(toMs);
/** -1: no limit. */
const limit = z.string().transform((text, context) => (text === '-1' ? Infinity : toMs(text, context)));

const count = z.number().int().min(1);

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus (host.json settings) */
const ServiceBus = z.object({
  autoCompleteMessages: z.boolean().default(true),
  maxAutoLockRenewalDuration: duration.default(5 * 60_000),
  maxConcurrentCalls: count.default(16),
  maxConcurrentSessions: count.default(8),
  maxConcurrentCallsPerSession: z
    .literal(1, { error: 'the local functions host runs one call per session; set it to 1' })
    .default(1),
  sessionIdleTimeout: duration.default(60_000),
});

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs (host.json settings) */
const EventHubs = z.object({
  maxEventBatchSize: count.default(100),
  initialOffsetOptions: z
    .object({
      type: z
        .enum(['fromStart', 'fromEnd'], {
          error: 'the local functions host begins with a hub fromStart or fromEnd',
        })
        .default('fromStart'),
    })
    .prefault({}),
});

/** A span between two bounds of the storage service, as texts. */
const spanBetween = (least: string, most: string) =>
  duration.refine((ms) => ms >= (parseTimeSpan(least) ?? 0) && ms <= (parseTimeSpan(most) ?? Infinity), {
    error: `must be from ${least} to ${most}`,
  });

/**
 * Who runs the timers. https://learn.microsoft.com/azure/azure-functions/functions-host-json#singleton; the bounds
 * are those of Azure/azure-webjobs-sdk, src/Microsoft.Azure.WebJobs.Host/Singleton/SingletonConfiguration.cs.
 */
const Singleton = z.object({
  listenerLockPeriod: spanBetween('00:00:15', '00:01:00').default(60_000),
  listenerLockRecoveryPollingInterval: spanBetween('00:00:15', '1.00:00:00').default(60_000),
});

const HostJson = z.object({
  version: z.literal('2.0'),
  functionTimeout: limit.default(30 * 60_000),
  singleton: Singleton.prefault({}),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      serviceBus: ServiceBus.prefault({}),
      eventHubs: EventHubs.prefault({}),
    })
    .prefault({}),
});

export type ServiceBusOptions = z.infer<typeof ServiceBus>;

/** What the host obeys of host.json; durations in milliseconds. */
export type HostOptions = {
  /** undefined: no limit. */
  readonly functionTimeoutMs: number | undefined;
  readonly routePrefix: string;
  /** How fast another host takes over the timers of a killed one. */
  readonly singleton: z.infer<typeof Singleton>;
  readonly serviceBus: ServiceBusOptions;
  readonly eventHubs: z.infer<typeof EventHubs>;
  /** Dotted names of settings in the file that this host does not act on. */
  readonly unused: readonly string[];
};

/** Settings that change nothing locally: where the extensions come from, what the cloud's telemetry keeps. */
const meaningless = ['logging', 'extensionBundle', 'telemetryMode', 'extensions.serviceBus.transportType'];

function namesUnder(value: unknown, name: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [name];
  return Object.entries(value).flatMap(([key, inner]) => namesUnder(inner, name ? `${name}.${key}` : key));
}

const obeyed = new Set([
  'version',
  'functionTimeout',
  'extensions.http.routePrefix',
  ...Object.keys(Singleton.shape).map((key) => `singleton.${key}`),
  ...Object.keys(ServiceBus.shape).map((key) => `extensions.serviceBus.${key}`),
  'extensions.eventHubs.maxEventBatchSize',
  'extensions.eventHubs.initialOffsetOptions.type',
]);

function isUnused(name: string, value: unknown): boolean {
  if (obeyed.has(name) || meaningless.some((prefix) => name === prefix || name.startsWith(`${prefix}.`)))
    return false;
  return !(name === 'extensions.serviceBus.prefetchCount' && value === 0);
}

function valueAt(value: unknown, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
}

/**
 * What this host obeys of a host.json, with the defaults of Azure.
 * @throws UserError for a value the host cannot obey
 */
export function toHostOptions(json: unknown): HostOptions {
  const parsed = HostJson.safeParse(json);
  if (!parsed.success) {
    throw new UserError('functions-host/bad-host-json', `host.json: ${z.prettifyError(parsed.error)}`, {
      hint: 'https://learn.microsoft.com/azure/azure-functions/functions-host-json lists the settings.',
    });
  }
  const { functionTimeout, extensions, singleton } = parsed.data;
  return {
    functionTimeoutMs: functionTimeout === Infinity ? undefined : functionTimeout,
    routePrefix: extensions.http.routePrefix.replace(/^\/+|\/+$/g, ''),
    singleton,
    serviceBus: extensions.serviceBus,
    eventHubs: extensions.eventHubs,
    unused: namesUnder(json, '').filter((name) => isUnused(name, valueAt(json, name))),
  };
}

/**
 * Reads and checks host.json.
 * @throws UserError when it is not JSON, or holds a value the host cannot obey
 */
export function readHostJson(path: string): HostOptions {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError('functions-host/no-host-json', `${path} cannot be read as JSON`, { cause });
  }
  return toHostOptions(json);
}
