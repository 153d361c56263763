import { randomUUID } from 'node:crypto';
import { policyFileOf } from './config/policy-file';
import type { TokenCredential } from '@azure/identity';
import { metrics as metricsApi } from '@opentelemetry/api';
import { loadConfig, processEnvironment } from './config/config';
import type { Config } from './config/config';
import { readTelemetrySettings } from './config/telemetry-settings';
import { makeGraphDirectory } from './graph/graph-directory';
import { systemClock } from './kernel/clock';
import type { Logger } from './kernel/logger';
import { systemRandom } from './kernel/random';
import { CounterBook } from './observe/counter-book';
import { observeLevels } from './observe/metrics';
import { makeOutgoingWebhook } from './observe/outgoing-webhook';
import { silentSink } from './observe/event-sink';
import { makeProcessLogger } from './observe/current-invocation';
import { makeJsonLogger, writeByLevel } from './observe/json-logger';
import { startTelemetry } from './observe/start-telemetry';
import { applyInLane } from './pipeline/handlers/apply-in-lane';
import { requestNightlyCensus } from './pipeline/census/find-next-census';
import { readCensus, walkCensus } from './pipeline/census/walk-census';
import { forgetOld } from './pipeline/retention/forget-old';
import { decideUser } from './pipeline/handlers/decide-user';
import { drainWaiting } from './pipeline/seats/drain-waiting';
import { wakeDueWork, wakeWhile } from './pipeline/due/wake-due-work';
import type { Services } from './pipeline/services';
import type { Task } from './pipeline/task';
import { keepSubscription } from './pipeline/intake/keep-subscription';
import { thisInstance } from './pipeline/crashes/instance';
import { feedRollouts } from './pipeline/rollouts/feed-rollouts';
import { observeWork } from './pipeline/observed/observe-work';
import { makeHealthTrigger } from './triggers/health-trigger';
import { makeNotificationTrigger } from './triggers/notification-trigger';
import { makeGraphEventQueueTrigger, makeGraphEventTrigger } from './triggers/graph-event-triggers';
import { makeAuditLogTrigger } from './triggers/audit-log-trigger';
import { makeServiceBusTrigger } from './triggers/service-bus-trigger';
import { makeTimerTrigger } from './triggers/timer-trigger';
import { runMaintenance } from './pipeline/handlers/return-dead-letters';
import { followChanges } from './pipeline/intake/follow-changes';
import { makeOperatorRequestSender } from './queue/operator-requests';
import type { OperatorRequestSender } from './queue/operator-requests';
import { makeServiceBusDeadLetterSource } from './queue/dead-letter-source';
import { makeStraySessions } from './queue/stray-sessions';
import { makeServiceBusQueueSender } from './queue/service-bus-queue-sender';
import { makeWriteQuota } from './quota/make-write-quota';
import { readQuota } from './quota/read-quota';
import { makeTableAccess, makeTableStores } from './store/tables/table-stores';
import { assembleServices } from './wiring-services';
import { timing } from './kernel/timing';
import {
  makeCredential,
  makeServiceBusClient,
  renewedServiceBus,
  strayRetry,
  tablesOptions,
} from './wiring-clients';
import { within } from './kernel/within';
import { queueNames } from './queue/queues';
import { eventQueue } from './queue/event-queue';
import { readAuditHub } from './config/audit-log';
import { readGraphEventWay } from './config/graph-events';
import { findUnscheduled, readSchedules } from './config/schedules';

export type BuildOptions = {
  /** Default: the identity that DefaultAzureCredential finds signed in. */
  readonly credential?: TokenCredential;
  /** How long outages are waited out inside a call, milliseconds; people wait less long than functions. Default: the setting. */
  readonly outageBudgetMs?: number;
  /** False: a policy that was never activated is used from its file and not stored. Default true. */
  readonly mayStorePolicy?: boolean;
};

export type BuiltServices = Services & {
  /** The process is about to end on purpose: sends what waits, and says that this is no death. */
  leave(): Promise<void>;
  close(): Promise<void>;
};

/** Builds everything from a config. */
export function buildServices(config: Config, logger: Logger, options: BuildOptions = {}): BuiltServices {
  const clock = systemClock;
  const random = systemRandom;
  const { credential = makeCredential(config) } = options;
  const budgetMs = options.outageBudgetMs ?? config.outageMs;
  const { tenantId } = config;
  const webhook =
    config.webhook === null
      ? undefined
      : makeOutgoingWebhook({ ...config.webhook, tenantId, clock, random, newId: randomUUID, logger });
  const serviceBus = renewedServiceBus(config, credential, logger);
  const tables = tablesOptions(config, credential, logger, budgetMs);
  const stores = makeTableStores(tables);
  const meter = metricsApi.getMeter('entra-auto-licenser');
  const counters = new CounterBook(stores.counters, { clock, process: randomUUID(), logger });
  const graph = { credential, graphOrigin: config.graphOrigin, clock, random, logger, budgetMs };
  const events = webhook ?? silentSink;
  const senders = {
    directory: makeGraphDirectory(graph),
    queues: makeServiceBusQueueSender(serviceBus, { clock, random, budgetMs }),
  };
  const observed = observeWork({ ...stores, ...senders }, { meter, counters, events, logger });
  const { queues } = observed;
  const writesPerSecond = (config.writeQuota / 150) * config.quotaShare;
  const quota = makeWriteQuota(
    makeTableAccess(tables)('quota'),
    { ratePerSecond: writesPerSecond },
    { clock, random, logger },
  );
  const instance = thisInstance(randomUUID());
  observeLevels(meter, async () => {
    if (!(await stores.leases.take('levels', instance, timing.observe.levelsLease.ms))) return undefined;
    return {
      waiting: [...(await stores.waiting.counts()).values()].reduce((sum, count) => sum + count, 0),
      pauses: (await stores.control.pauses()).length,
      usersWithoutOutcome: (await readCensus(stores)).state?.counts.unsettled ?? 0,
      quotaPerSecond: (await readQuota(makeTableAccess(tables)('quota')))?.perSecond ?? writesPerSecond,
    };
  });
  const services = assembleServices({
    clock,
    random,
    newId: randomUUID,
    instance,
    logger,
    stores,
    observed,
    quota,
    deadLetters: makeServiceBusDeadLetterSource(serviceBus),
    straySessions: makeStraySessions(() => makeServiceBusClient(config, credential, strayRetry), clock),
    events,
    policyFile: policyFileOf(config),
    mayStorePolicy: options.mayStorePolicy ?? true,
    settings: {
      tenantId: config.tenantId,
      lanes: config.lanes,
      writesPerSecond,
      permissions: config.permissions,
      verifyAfterMs: config.verifyAfterMs,
      clientState: config.clientState,
      notificationUrl: config.notificationUrl,
      auditHub: config.auditHub,
      firstCensus: config.firstCensus,
      approval: config.approval,
      kept: config.kept,
    },
  });
  return {
    ...services,
    leave: async () => {
      await Promise.allSettled([services.crashWatch.goodbye(), counters.flush(), webhook?.close()]);
    },
    close: async () => {
      await counters.flush();
      await webhook?.close();
      await queues.close();
    },
  };
}

type Built = { readonly services: BuiltServices; readonly requests: OperatorRequestSender };
let built: Promise<Built> | undefined;
let exporting: ReturnType<typeof startTelemetry> | undefined;

/** What this process has, built at the first invocation. Settings that are wrong are read again next time. */
function build(): Promise<Built> {
  built ??= Promise.resolve()
    .then(async () => {
      const logger = makeProcessLogger(makeJsonLogger(writeByLevel));
      const config = loadConfig(processEnvironment());
      const telemetry = readTelemetrySettings(processEnvironment());
      const credential = makeCredential(config);
      if (telemetry.usesOtlp || telemetry.applicationInsights !== null) {
        await (exporting ??= startTelemetry({ ...telemetry, credential }));
      }
      const requests = makeOperatorRequestSender(renewedServiceBus(config, credential, logger), {
        clock: systemClock,
        random: systemRandom,
        budgetMs: timing.commands.outage.ms,
      });
      return { services: buildServices(config, logger, { credential }), requests };
    })
    .catch((error: unknown) => {
      built = undefined;
      throw error;
    });
  return built;
}

const services = async () => (await build()).services;

export const schedules = readSchedules(processEnvironment());
const woken = [...findUnscheduled(processEnvironment()), 'graph-subscription' as const];

/** The one short timer: follows changes, and has done what is due. */
async function followAndWake(own: Services, task: Task): Promise<void> {
  const { requests } = await build();
  const wake = () => wakeDueWork(own, task, woken, requests.wake);
  await wakeWhile(own, () => followChanges(own, task), wake);
}

/**
 * The platform takes this process away: what was counted and reported lately goes out, and the other processes hear that
 * it is no death. Never throws, and is done within 5 s, whatever is away.
 */
async function leave(): Promise<void> {
  const leaving = Promise.allSettled([
    built?.then(({ services: own }) => own.leave()),
    exporting?.then((telemetry) => telemetry.shutdown()),
  ]);
  await within(leaving, timing.observe.leave.ms);
}

/** Once a night: asks for the census, and deletes what was kept long enough. */
async function nightly(own: Services, task: Task): Promise<void> {
  await requestNightlyCensus(own);
  await forgetOld(own, task);
}

/** Asks for the groups to be followed: at this time, milliseconds. */
async function sendGroupCall(at: number): Promise<void> {
  const { requests, services: own } = await build();
  await requests.callForGroups(at, own.newId());
}

/** How Graph's changes come from Event Grid; undefined: the setting is wrong, and nothing is registered for them. */
export const graphEventWay = readGraphEventWay(processEnvironment());

/** The event hub with Entra's audit log; undefined: nothing is registered for it. */
export const auditHub = readAuditHub(processEnvironment());

/** What functions/ registers. Nothing is built before a handler is called. */
export const handlers = {
  usersDelta: makeTimerTrigger(services, followAndWake),
  graphSubscription: makeTimerTrigger(services, keepSubscription),
  deadLetters: makeTimerTrigger(services, runMaintenance),
  rollouts: makeTimerTrigger(services, feedRollouts),
  waitingList: makeTimerTrigger(services, drainWaiting),
  census: makeTimerTrigger(services, nightly),
  censusWalk: makeTimerTrigger(services, walkCensus),
  graphNotification: makeNotificationTrigger(services, sendGroupCall),
  graphEvents: makeGraphEventTrigger(services, sendGroupCall),
  graphEventQueue: makeGraphEventQueueTrigger(services, sendGroupCall, systemClock),
  auditLog: makeAuditLogTrigger(services, sendGroupCall),
  decide: makeServiceBusTrigger(services, queueNames.directoryChanges, decideUser, systemClock),
  apply: makeServiceBusTrigger(services, queueNames.licenseChanges, applyInLane, systemClock),
  applyBulk: makeServiceBusTrigger(services, queueNames.licenseChangesBulk, applyInLane, systemClock),
  health: makeHealthTrigger(services),
  appTerminate: leave,
};

export { auditConsumerGroup, eventHubConnection } from './config/audit-log';
export { queueNames, eventQueue };
/** The name of the setting (or prefix of settings) that says where Service Bus is. */
export const serviceBusConnection = 'ServiceBusConnection';
