import { randomUUID } from 'node:crypto';
import { policyFileOf } from './config/policy-file';
import type { TokenCredential } from '@azure/identity';
import { loadConfig, processEnvironment } from './config/config';
import type { Config } from './config/config';
import { systemClock } from './kernel/clock';
import type { Logger } from './kernel/logger';
import { systemRandom } from './kernel/random';
import { makeProcessLogger } from './observe/current-invocation';
import { makeJsonLogger, writeByLevel } from './observe/json-logger';
import type { OpsApp } from './ops-api/app';
import type { OpsServices } from './ops-api/route';
import { keepLongOperations } from './ops-api/requests/keep-long-operations';
import { readLatest } from './ops/levels/read-levels';
import { rememberDomain } from './ops/overview/remember-domain';
import { rememberOverview } from './ops/overview/remember-overview';
import { countedFacts } from './ops/status/read-counted';
import { observe } from './ops/status/observe';
import { readClaims } from './ops/doctor/token-claims';
import { timing } from './kernel/timing';
import { doDueWork } from './pipeline/due/do-due-work';
import type { Services } from './pipeline/services';
import { expectedQueuesOf } from './queue/expected-queues';
import { makeOperatorRequestSender, operatorQueue } from './queue/operator-requests';
import { levelsId } from './ops/levels/read-levels';
import { readGaps } from './ops/sources/read-gaps';
import type { Gaps } from './ops/sources/read-gaps';
import { makeTableAccess, makeTableStores } from './store/tables/table-stores';
import type { TableStores } from './store/tables/table-stores';
import { readQuota } from './quota/read-quota';
import type { QuotaView } from './quota/read-quota';
import { makeLongOperationTrigger } from './triggers/long-operation-trigger';
import { makeTimerTrigger } from './triggers/timer-trigger';
import { makeOpsTrigger } from './triggers/ops-trigger';
import { makePageTrigger } from './triggers/page-trigger';
import { within } from './kernel/within';
import { buildServices } from './wiring';
import { buildQueueInspector, makeCredential, renewedServiceBus, tablesOptions } from './wiring-clients';

type Ops = {
  readonly config: Config;
  readonly ops: OpsServices;
  readonly stores: TableStores;
};

/** What the routes of the ops API work with, over services that are built already. */
export function buildOps(
  config: Config,
  logger: Logger,
  services: Services,
  credential: TokenCredential = makeCredential(config),
): Ops & { close(): Promise<void> } {
  const stores = makeTableStores(tablesOptions(config, credential, logger));
  const inspector = buildQueueInspector(config, credential, logger, config.serviceBusManagement ?? undefined);
  const requests = makeOperatorRequestSender(renewedServiceBus(config, credential, logger), {
    clock: systemClock,
    random: systemRandom,
    budgetMs: timing.commands.outage.ms,
  });
  const quota = quotaReader(config, credential, logger);
  const ops: OpsServices = {
    services: { ...services, newId: randomUUID },
    logger,
    inspector,
    operations: stores.operations,
    approvals: stores.approvals,
    samples: stores.samples,
    doctor: {
      policyFile: policyFileOf(config),
      readClaims: () => readClaims(credential, config.graphOrigin),
      expectedQueues: expectedQueuesOf(config.graphEvents),
      checked: stores.checkedTenant,
    },
    levels: { levels: stores.levels, counters: stores.counters },
    plans: stores.plans,
    quota,
    tenantDomain: rememberDomain(services.directory, systemClock),
    overview: rememberOverview({
      services,
      inspector,
      quota,
      levels: stores.levels,
      counters: stores.counters,
      samples: stores.samples,
      objective: config.objectiveMs,
    }),
    status: {
      ...statusParts(config, credential, logger),
      counted: async () => countedFacts(services, (await readLatest(stores, systemClock)).levels),
    },
    send: (id) => requests.send(id),
    isLocal: isLocalGraph(config.graphOrigin),
  };
  return {
    config,
    ops,
    stores,
    close: async () => {
      await requests.close();
      await inspector.close();
    },
  };
}

/** What the verdict takes beside services and queues. */
export function statusParts(
  config: Config,
  credential: TokenCredential,
  logger: Logger,
): OpsServices['status'] {
  const quota = quotaReader(config, credential, logger);
  return {
    quotaClosedUntil: async () => {
      const at = (await quota())?.closedUntil ?? 0;
      return at > systemClock.now() ? at : null;
    },
    objective: config.objectiveMs,
  };
}

/** How users were found, as `observe` last counted it. */
export function gapsReader(config: Config, credential: TokenCredential, logger: Logger): () => Promise<Gaps> {
  const { levels } = makeTableStores(tablesOptions(config, credential, logger));
  return async () => readGaps((await levels.read(levelsId))?.value, systemClock.now());
}

function quotaReader(
  config: Config,
  credential: TokenCredential,
  logger: Logger,
): () => Promise<QuotaView | null> {
  const table = makeTableAccess(tablesOptions(config, credential, logger))('quota');
  return () => readQuota(table);
}

/** Only the embedded Graph is reached without TLS. */
function isLocalGraph(origin: string): boolean {
  return origin.startsWith('http:');
}

let built: Promise<Ops> | undefined;
let leave: (() => Promise<void>) | undefined;

/** Built at the first request. Settings that are wrong are read again next time. */
function ops(): Promise<Ops> {
  built ??= Promise.resolve()
    .then(() => {
      const logger = makeProcessLogger(makeJsonLogger(writeByLevel));
      const config = loadConfig(processEnvironment());
      const services = buildServices(config, logger);
      leave = () => services.leave();
      return buildOps(config, logger, services);
    })
    .catch((error: unknown) => {
      built = undefined;
      throw error;
    });
  return built;
}

let app: Promise<OpsApp> | undefined;

function opsApi(): Promise<OpsApp> {
  app ??= ops()
    .then(async ({ config, ops: parts, stores }) => {
      // Loaded by the first request: the other functions, each a process of its own, need none of it.
      const { makeOpsApp } = await import('./ops-api/app.js');
      const { makeTokenVerifier, refuseAll } = await import('./ops-api/identity/verify-token.js');
      const { tenantId } = config;
      const verify =
        config.ops === null ? refuseAll : makeTokenVerifier({ ...config.ops, tenantId }, systemClock);
      return makeOpsApp({ ops: parts, answers: stores.answers, verify });
    })
    .catch((error: unknown) => {
      app = undefined;
      throw error;
    });
  return app;
}

/** What functions/ registers for operators. */
export const opsHandlers = {
  api: makeOpsTrigger(opsApi),
  page: makePageTrigger(() => {
    const { ops: signIn, tenantId, graphOrigin } = loadConfig(processEnvironment());
    return signIn === null ? null : { ...signIn, tenantId, isLocal: isLocalGraph(graphOrigin) };
  }),
  observe: makeTimerTrigger(
    async () => (await ops()).ops.services,
    async (_services, task) => {
      const { ops: parts, stores } = await ops();
      await observe({ ...parts, ...parts.levels, ...parts.status }, task);
      await keepLongOperations(parts, stores.answers);
    },
  ),
  operations: makeLongOperationTrigger({
    operation: async (id) => {
      const { ops: parts } = await ops();
      const { runLongOperation } = await import('./ops-api/requests/run-long-operation.js');
      const { routes } = await import('./ops-api/routes/all-routes.js');
      await runLongOperation(parts, routes, id);
    },
    work: async (task, request) => doDueWork((await ops()).ops.services, task, request),
  }),
  /** The platform takes this process away: what operators' work has reported goes out. */
  appTerminate: async () => {
    await within(leave?.(), timing.observe.leave.ms);
  },
};
export { operatorQueue };
