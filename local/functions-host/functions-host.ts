import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../shared/kernel/clock';
import { UserError, ensureError } from '../../shared/kernel/errors';
import type { Logger } from '../../shared/kernel/logger';
import type { Random } from '../../shared/kernel/random';
import { FunctionRegistry } from './app/function-registry';
import type { RegisteredFunction } from './app/function-registry';
import { loadApp } from './app/load-app';
import { toTrigger } from './app/trigger';
import type { ServiceBusTrigger, TimerTrigger } from './app/trigger';
import { readHostJson } from './host-json';
import type { HostOptions } from './host-json';
import type { AccessKeys } from './http/access-keys';
import { HttpHost } from './http/http-host';
import type { HttpFunction } from './http/http-host';
import { Invoker } from './invoker';
import type { Listener } from './service-bus/listener';
import { MessageHandler } from './service-bus/message-handler';
import { QueueListener } from './service-bus/queue-listener';

import { SessionListener } from './service-bus/session-listener';
import type { Settings } from './setting';
import { parseSchedule } from './timers/schedule';
import { TimerRunner } from './timers/timer-runner';
import { TimerTable } from './timers/timer-table';

export type FunctionsHostOptions = {
  readonly appRoot: string;
  /** 0: any free port. */
  readonly port: number;
  readonly keys: AccessKeys;
  /** The app's settings; `AzureWebJobsStorage` holds the timers' leases, as in Azure. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
};

export type FunctionsHost = {
  readonly port: number;
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  /** Names of the functions, sorted. */
  readonly functions: readonly string[];
  /** Takes no new work and waits up to `graceMs` for what runs. */
  stop(graceMs: number): Promise<void>;
};

const timerLeaseMs = 5_000;
const defaultBodyLimit = 104_857_600;

type Parts = {
  readonly http: HttpFunction[];
  readonly timers: Map<string, TimerRunner>;
  readonly handlers: Map<string, MessageHandler>;
  readonly listeners: Listener[];
};

class Assembly {
  readonly parts: Parts = { http: [], timers: new Map(), handlers: new Map(), listeners: [] };
  readonly #options: FunctionsHostOptions;
  readonly #host: HostOptions;
  readonly #invoker: Invoker;
  readonly #hostId = randomUUID();
  #table: TimerTable | undefined;

  constructor(options: FunctionsHostOptions, host: HostOptions, invoker: Invoker) {
    this.#options = options;
    this.#host = host;
    this.#invoker = invoker;
  }

  add(name: string, registered: RegisteredFunction): void {
    const trigger = toTrigger(registered, this.#options.settings);
    switch (trigger.kind) {
      case 'http':
        this.parts.http.push({ function: registered, trigger });
        return;
      case 'timer':
        this.parts.timers.set(name, this.#makeTimer(name, registered, trigger));
        return;
      case 'serviceBus':
        this.#addListener(name, registered, trigger);
    }
  }

  #makeTimer(name: string, registered: RegisteredFunction, trigger: TimerTrigger): TimerRunner {
    const { clock, log, settings } = this.#options;
    const storage = settings['AzureWebJobsStorage'];
    if (!storage) {
      throw new UserError(
        'functions-host/no-storage',
        `Function "${name}" needs the setting AzureWebJobsStorage`,
        {
          hint: 'Give a connection string of a table service; the leases of timers are kept there.',
        },
      );
    }
    this.#table ??= new TimerTable(storage);
    return new TimerRunner({
      function: registered,
      trigger,
      schedule: parseSchedule(trigger.schedule, clock.now()),
      table: this.#table,
      invoker: this.#invoker,
      clock,
      log: log.with({ function: name }),
      hostId: this.#hostId,
      leaseMs: timerLeaseMs,
    });
  }

  #addListener(name: string, registered: RegisteredFunction, trigger: ServiceBusTrigger): void {
    const { clock, random, settings } = this.#options;
    const { serviceBus } = this.#host;
    const log = this.#options.log.with({ function: name });
    const connectionString = settings[trigger.connection] ?? settings[`AzureWebJobs${trigger.connection}`];
    if (!connectionString) {
      throw new UserError(
        'functions-host/no-connection',
        `Function "${name}" needs the setting ${trigger.connection}`,
        {
          hint: 'Give a Service Bus connection string; the local functions host knows no identity-based connections.',
        },
      );
    }
    const autoComplete = trigger.autoComplete ?? serviceBus.autoCompleteMessages;
    const handler = new MessageHandler({
      function: registered,
      trigger,
      invoker: this.#invoker,
      log,
      autoComplete,
    });
    const shared = {
      connectionString,
      entityPath: trigger.entityPath,
      handler,
      clock,
      random,
      log,
      maxAutoLockRenewalMs: serviceBus.maxAutoLockRenewalDuration,
    };
    this.parts.handlers.set(name, handler);
    this.parts.listeners.push(
      trigger.sessions
        ? new SessionListener({
            ...shared,
            maxConcurrentSessions: serviceBus.maxConcurrentSessions,
            sessionIdleMs: serviceBus.sessionIdleTimeout,
          })
        : new QueueListener({ ...shared, maxConcurrentCalls: serviceBus.maxConcurrentCalls }),
    );
  }
}

function toBodyLimit(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : defaultBodyLimit;
}

/**
 * Loads the app of `appRoot` and runs its functions: HTTP on 127.0.0.1, timers, Service Bus queues and
 * subscriptions. Throws UserError for an app or a setting it cannot run.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { appRoot, keys, log, clock, settings } = options;
  const host = readHostJson(join(appRoot, 'host.json'));
  for (const name of host.unused) log.warn('A setting of host.json has no effect here', { setting: name });
  const registry = new FunctionRegistry(log);
  await loadApp(appRoot, registry);
  const invoker = new Invoker({ registry, log, clock, timeoutMs: host.functionTimeoutMs });
  const assembly = new Assembly(options, host, invoker);
  for (const [name, registered] of registry.functions) assembly.add(name, registered);
  const { http: httpFunctions, timers, handlers, listeners } = assembly.parts;
  const http = new HttpHost({
    port: options.port,
    routePrefix: host.routePrefix,
    functions: httpFunctions,
    keys,
    invoker,
    runByHand: (name, input) => timers.get(name)?.runByHand() ?? handlers.get(name)?.runByHand(input),
    bodyLimit: toBodyLimit(settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT']),
    log,
  });
  await http.start();
  for (const timer of timers.values()) timer.start();
  for (const listener of listeners) listener.start();
  return {
    port: http.port,
    origin: `http://127.0.0.1:${http.port}`,
    functions: [...registry.functions.keys()].sort(),
    stop: async (graceMs) => {
      const requests = http.stop();
      const ends = Promise.allSettled([
        ...[...timers.values()].map((timer) => timer.stop()),
        ...listeners.map((listener) => listener.stop()),
        invoker.whenIdle(graceMs),
      ]);
      const grace = new AbortController();
      await Promise.race([ends, clock.sleep(graceMs, grace.signal).catch(() => undefined)]);
      grace.abort();
      requests.force();
      await registry
        .runHooks('appTerminate', { hookData: {} })
        .catch((thrown: unknown) =>
          log.warn('An appTerminate hook failed', { error: ensureError(thrown).message }),
        );
      await Promise.race([
        Promise.allSettled(listeners.map((listener) => listener.close())),
        clock.sleep(200),
      ]);
    },
  };
}
