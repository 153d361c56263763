import { createNoopMeter } from '@opentelemetry/api';
import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { MemoryTables } from '../../rehearsal/world/tables/memory-tables';
import { makeGraphDirectory } from '../../shared/graph/graph-directory';
import { silentLogger } from '../../shared/kernel/logger';
import { seededRandom } from '../../shared/kernel/random';
import { Secret } from '../../shared/kernel/secret';
import { timing } from '../../shared/kernel/timing';
import { noCounters } from '../../shared/observe/counter-book';
import { silentSink } from '../../shared/observe/event-sink';
import { observeWork } from '../../shared/pipeline/observed/observe-work';
import type { Services } from '../../shared/pipeline/services';
import { makeWriteQuota } from '../../shared/quota/make-write-quota';
import { AzureTable } from '../../shared/store/tables/table-access';
import type { TableAccess } from '../../shared/store/tables/table-access';
import { makeStoresOver } from '../../shared/store/tables/table-stores';
import { assembleServices } from '../../shared/wiring-services';
import type { SimulatedBroker } from './broker';
import { faultyClient, faultyReads } from './faulty-tables';
import type { Looks } from '../judge/looks';
import { wireTo } from './graph-wire';
import type { SimulatedProcess } from './process';
import { makeDeadLetters, makeSender } from './queue-ports';
import type { Subscriptions } from './subscriptions';
import { tenantId } from './tenant';
import type { Weather } from './weather';

/** What all processes of a run share. */
export type AppWorld = {
  readonly graph: OpenGraph;
  readonly tables: MemoryTables;
  readonly broker: SimulatedBroker;
  readonly weather: Weather;
  readonly subscriptions: Subscriptions;
  readonly looks: Looks;
  readonly areTablesAway: () => boolean;
  /** A row of this table was written. */
  readonly onWritten: (table: string) => void;
  readonly policyText: string;
  readonly isVerifying: boolean;
  readonly isNotified: boolean;
  /** What a process gets instead of what it would have: a planted mistake. */
  readonly around: (services: Services) => Services;
};

/** Few, so that users share them. */
export const lanes = 4;
const writesPerSecond = 16;
const verifyAfterMs = 30_000;
const dayMs = 24 * 60 * 60_000;

/** Calls of the tables take virtual time; a timer of real time for each would outlive its run. */
const noDeadline = new AbortController().signal;

/**
 * What one process of the app has, over ports that fail as the weather says. `number`: of the process, from which all its
 * own choices are drawn.
 */
export function buildProcess(world: AppWorld, process: SimulatedProcess, number: number): Services {
  const { graph, tables, broker } = world;
  const { clock } = process;
  const tools = { clock, random: seededRandom(number), logger: silentLogger };
  const own = { ...world, process };
  const options = { ...tools, budgetMs: timing.settings.outage.ms, deadline: () => noDeadline };
  const access = (table: string): TableAccess =>
    new AzureTable(
      faultyClient(tables.client(table), own),
      options,
      faultyReads(tables.reads(table), table, own),
    );
  const stores = makeStoresOver(access, tools);
  const issue = () => ({ token: graph.issueToken(), expiresOnTimestamp: Infinity });
  // Kept as credentials keep theirs: only claims bring another one.
  let token = issue();
  const directory = makeGraphDirectory({
    ...tools,
    credential: {
      getToken: async (_scope, { claims } = {}) => (claims === undefined ? token : (token = issue())),
    },
    send: wireTo(world, process),
  });
  let ids = 0;
  const services = assembleServices({
    ...tools,
    newId: () => `id-${String(number)}-${String(++ids)}`,
    // A machine of its own, so that the others judge it by what it says of itself alone.
    instance: `machine-${String(number)} 1 ${process.name}`,
    stores,
    observed: observeWork(
      { ...stores, directory, queues: makeSender(broker, process, world.weather) },
      { meter: createNoopMeter(), counters: noCounters, events: silentSink, logger: silentLogger },
    ),
    quota: makeWriteQuota(access('quota'), { ratePerSecond: writesPerSecond }, tools),
    deadLetters: makeDeadLetters(broker, process),
    events: silentSink,
    policyFile: { path: 'policy.yaml', read: async () => world.policyText },
    mayStorePolicy: true,
    settings: {
      tenantId,
      lanes,
      writesPerSecond,
      permissions: 'full',
      verifyAfterMs: world.isVerifying ? verifyAfterMs : 0,
      clientState: new Secret('client-state-of-the-campaign'),
      notificationUrl: world.isNotified ? 'https://functions.example/api/graph-notification' : null,
      firstCensus: true,
      approval: 'guards',
      kept: { historyMs: 400 * dayMs, leaversMs: 90 * dayMs },
    },
  });
  return world.around(services);
}
