import { randomUUID } from 'node:crypto';
import type { Clock } from '../../emulator-kit/src/clock';
import { UserError } from '../../emulator-kit/src/errors';
import type { Logger } from '../../emulator-kit/src/logger';
import type { Random } from '../../emulator-kit/src/random';
import type { RegisteredFunction } from './app/function-registry';
import { toTrigger } from './app/trigger';
import type { EventHubTrigger, ServiceBusTrigger, TimerTrigger } from './app/trigger';
import type { EntityListener, HandRun } from './entity-listener';
import { CheckpointTable } from './event-hubs/checkpoint-table';
import { HubListener } from './event-hubs/hub-listener';
import type { HostOptions } from './host-json';
import type { HttpFunction } from './http/http-host';
import type { Invoker } from './invoker';
import { MessageHandler } from './service-bus/message-handler';
import { QueueListener } from './service-bus/queue-listener';
import { SessionListener } from './service-bus/session-listener';
import type { Settings } from './setting';
import { parseSchedule } from './timers/schedule';
import { TimerRunner } from './timers/timer-runner';
import { takeOverOf } from './timers/take-over';
import type { TimerTakeOver } from './timers/take-over';
import { TimerTable } from './timers/timer-table';

export type AssemblyOptions = {
  /** The app's settings; `AzureWebJobsStorage` holds the timers' leases, as in Azure. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** How soon another host runs the timers of a killed one. Default: `quick`. */
  readonly timerTakeOver?: TimerTakeOver;
};

export type Parts = {
  readonly http: HttpFunction[];
  readonly timers: Map<string, TimerRunner>;
  readonly handlers: Map<string, HandRun>;
  readonly listeners: Map<string, EntityListener>;
};

/** Turns registered functions into what runs them: routes, timers and listeners; nothing is started yet. */
export class Assembly {
  readonly parts: Parts = { http: [], timers: new Map(), handlers: new Map(), listeners: new Map() };
  readonly #options: AssemblyOptions;
  readonly #host: HostOptions;
  readonly #invoker: Invoker;
  readonly #hostId = randomUUID();
  #table: TimerTable | undefined;

  constructor(options: AssemblyOptions, host: HostOptions, invoker: Invoker) {
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
        return;
      case 'eventHub':
        this.#addHubListener(name, registered, trigger);
    }
  }

  #makeTimer(name: string, registered: RegisteredFunction, trigger: TimerTrigger): TimerRunner {
    const { clock, log } = this.#options;
    this.#table ??= new TimerTable(this.#storageFor(name));
    return new TimerRunner({
      function: registered,
      trigger,
      schedule: parseSchedule(trigger.schedule, clock.now()),
      table: this.#table,
      invoker: this.#invoker,
      clock,
      log: log.with({ function: name }),
      hostId: this.#hostId,
      takeOver: takeOverOf(this.#options.timerTakeOver, this.#host.singleton),
    });
  }

  #addListener(name: string, registered: RegisteredFunction, trigger: ServiceBusTrigger): void {
    const { clock, random } = this.#options;
    const { serviceBus } = this.#host;
    const log = this.#options.log.with({ function: name });
    const connectionString = this.#connectionFor(name, trigger.connection, 'a Service Bus');
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
    this.parts.listeners.set(
      name,
      trigger.sessions
        ? new SessionListener({
            ...shared,
            maxConcurrentSessions: serviceBus.maxConcurrentSessions,
            sessionIdleMs: serviceBus.sessionIdleTimeout,
          })
        : new QueueListener({ ...shared, maxConcurrentCalls: serviceBus.maxConcurrentCalls }),
    );
  }

  #addHubListener(name: string, registered: RegisteredFunction, trigger: EventHubTrigger): void {
    const { clock } = this.#options;
    const { maxEventBatchSize, initialOffsetOptions } = this.#host.eventHubs;
    const listener = new HubListener({
      function: registered,
      trigger,
      connectionString: this.#connectionFor(name, trigger.connection, 'an Event Hubs'),
      checkpoints: new CheckpointTable(this.#storageFor(name), clock),
      invoker: this.#invoker,
      clock,
      log: this.#options.log.with({ function: name }),
      maxEventBatchSize,
      startsAt: initialOffsetOptions.type,
    });
    this.parts.handlers.set(name, listener);
    this.parts.listeners.set(name, listener);
  }

  #storageFor(name: string): string {
    const storage = this.#options.settings['AzureWebJobsStorage'];
    if (storage) return storage;
    throw new UserError(
      'functions-host/no-storage',
      `Function "${name}" needs the setting AzureWebJobsStorage`,
      {
        hint: 'Give a connection string of a table service; leases of timers and places in event hubs are kept there.',
      },
    );
  }

  #connectionFor(name: string, connection: string, what: string): string {
    const { settings } = this.#options;
    const connectionString = settings[connection] ?? settings[`AzureWebJobs${connection}`];
    if (connectionString) return connectionString;
    throw new UserError(
      'functions-host/no-connection',
      `Function "${name}" needs the setting ${connection}`,
      {
        hint: `Give ${what} connection string; the local functions host knows no identity-based connections.`,
      },
    );
  }
}
