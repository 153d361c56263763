import { createNoopMeter } from '@opentelemetry/api';
import { openGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { SettingsInput } from '@auto-licenser/graph-emulator/settings';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { makeGraphDirectory } from '../../shared/graph/graph-directory';
import type { Logger } from '../../shared/kernel/logger';
import { seededRandom } from '../../shared/kernel/random';
import { timing } from '../../shared/kernel/timing';
import { noCounters } from '../../shared/observe/counter-book';
import { silentSink } from '../../shared/observe/event-sink';
import { observeWork } from '../../shared/pipeline/observed/observe-work';
import type { Services } from '../../shared/pipeline/services';
import type { PolicyFileReader } from '../../shared/pipeline/sources/policy-file';
import { makeWriteQuota } from '../../shared/quota/make-write-quota';
import { makeStoresOver } from '../../shared/store/tables/table-stores';
import type { TableStores } from '../../shared/store/tables/table-stores';
import { assembleServices } from '../../shared/wiring-services';
import { sendTo } from './graph-over-time';
import type { Latencies } from './graph-over-time';
import { hostNames } from './hosts';
import type { HostName, Hosts } from './hosts';
import { MemoryBus } from './memory-bus';
import { receive } from './receive';
import { MemoryTables } from './tables/memory-tables';
import type { KeepsRow } from './tables/memory-tables';
import { Timers } from './timers';
import { VirtualTime } from './virtual-time';

export type WorldOptions = {
  readonly tenant: Iterable<TenantLine>;
  readonly policyFile: PolicyFileReader;
  /** What every draw of the world and of the product comes from. */
  readonly seed: number;
  /** When it begins: milliseconds since 1970. */
  readonly startAt: number;
  readonly graphSettings?: SettingsInput;
  readonly settings?: Partial<Services['settings']>;
  readonly latencies?: Latencies;
  readonly logger: Logger;
};

/** How long Graph's answers take, about as on a normal day; a choice, Microsoft promises no time. */
const usualLatencies: Latencies = { read: [60, 250], write: [300, 1_200] };

/** The default settings: 3,000 writes in 150 s for an application and tenant, of which the product takes 80 %. */
const writesPerSecond = (3_000 / 150) * 0.8;

/** Timelines and samples of times are for people who look at an app: half of all that a user has in the tables. */
const isRead: KeepsRow = (table, rowKey) =>
  table === 'users' ? !rowKey.startsWith('timeline|') : table !== 'times';

/**
 * The whole product in one process and in virtual time: the real handlers, stores, quota and Graph client, over tables,
 * queues and a tenant in memory. Nothing of it waits for a wire, so a day takes as long as the work of it.
 */
export class ProductWorld {
  readonly time: VirtualTime;
  readonly graph: OpenGraph;
  readonly tables = new MemoryTables(isRead);
  readonly stores: TableStores;
  readonly bus: MemoryBus;
  readonly hosts: Hosts;
  readonly #timers: Timers;
  readonly #options: WorldOptions;
  #ids = 0;

  /** @throws UserError when the tenant does not hold together */
  constructor(options: WorldOptions) {
    this.#options = options;
    const time = new VirtualTime(options.startAt);
    this.time = time;
    this.graph = openGraph({
      tenant: options.tenant,
      clock: time.clock,
      later: (ms, run) => time.after(ms, run),
      random: seededRandom(options.seed),
      settings: options.graphSettings ?? {},
    });
    this.stores = this.#openStores(seededRandom(options.seed + 1));
    this.bus = new MemoryBus(time, (body, delivery) => receive(this.hosts, options.logger, body, delivery));
    this.hosts = Object.fromEntries(
      hostNames.map((name, index) => [name, this.#start(name, options.seed + 10 + index)]),
    ) as Hosts;
    this.#timers = new Timers(this.time, this.hosts, options.logger, {
      // What is worth a round of the timers: a change in the tenant, or a message.
      activity: () => this.graph.engine.changes.lastSeq + this.bus.counters.sent,
      isQuiet: () => this.bus.isQuiet,
    });
  }

  /** The product begins: from now on its timers run. */
  start(): void {
    this.#timers.start();
  }

  /** The timers run no more; what is under way ends. */
  stop(): void {
    this.#timers.stop();
  }

  /** Nothing is handled, and nothing waits but what is scheduled for later. */
  get isQuiet(): boolean {
    return this.bus.isQuiet && this.#timers.areQuiet;
  }

  /** Lets time pass until this is done. @throws what it rejects with */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (let until = this.time.elapsedMs + 1_000; !isDone; until += 1_000) await this.time.run(until);
    return work;
  }

  close(): void {
    this.stop();
    this.graph.close();
  }

  #openStores(random: () => number): TableStores {
    const { clock } = this.time;
    return makeStoresOver(this.tables.direct(clock), { clock, random, logger: this.#options.logger });
  }

  #start(name: HostName, seed: number): Services {
    const { logger, policyFile, settings } = this.#options;
    const { clock } = this.time;
    const random = seededRandom(seed);
    const stores = this.#openStores(random);
    const tools = { clock, random, logger };
    const directory = makeGraphDirectory({
      ...tools,
      credential: { getToken: async () => this.#token() },
      budgetMs: timing.settings.outage.ms,
      // What the wire leaves to chance must not change what the product draws.
      send: sendTo(
        this.graph,
        this.time,
        seededRandom(seed + 100),
        this.#options.latencies ?? usualLatencies,
      ),
    });
    const observed = observeWork(
      { ...stores, directory, queues: this.bus.sender },
      { meter: createNoopMeter(), counters: noCounters, events: silentSink, logger },
    );
    const rate = settings?.writesPerSecond ?? writesPerSecond;
    return assembleServices({
      ...tools,
      newId: () => `id-${String(++this.#ids)}`,
      // Machines of their own: the same process number would look like a process that has died.
      instance: `${name} 1 ${String(++this.#ids)}`,
      stores,
      observed,
      quota: makeWriteQuota(this.tables.direct(clock)('quota'), { ratePerSecond: rate }, tools),
      deadLetters: this.bus.deadLetters,
      events: silentSink,
      policyFile,
      mayStorePolicy: true,
      settings: {
        tenantId: this.graph.engine.tenant.facts.tenantId,
        lanes: 32,
        writesPerSecond: rate,
        permissions: 'full',
        verifyAfterMs: timing.settings.firstVerify.ms,
        clientState: null,
        // Graph promises no time for notifications: what is told by delta alone is the slower way.
        notificationUrl: null,
        firstCensus: true,
        approval: 'guards',
        kept: { historyMs: timing.settings.history.ms, leaversMs: timing.settings.leavers.ms },
        ...settings,
      },
    });
  }

  #issued: { readonly token: string; readonly expiresOnTimestamp: number } | undefined;

  #token(): { readonly token: string; readonly expiresOnTimestamp: number } {
    const now = this.time.now;
    if (this.#issued === undefined || this.#issued.expiresOnTimestamp - now < tokenLeadMs) {
      this.#issued = { token: this.graph.issueToken(), expiresOnTimestamp: now + tokenMs };
    }
    return this.#issued;
  }
}

const tokenMs = 3_599_000;
const tokenLeadMs = 300_000;
