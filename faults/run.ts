import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { MemoryTables } from '../rehearsal/world/tables/memory-tables';
import { VirtualTime } from '../rehearsal/world/virtual-time';
import { silentLogger } from '../shared/kernel/logger';
import { seededRandom } from '../shared/kernel/random';
import type { Services } from '../shared/pipeline/services';
import { makeStoresOver } from '../shared/store/tables/table-stores';
import type { TableStores } from '../shared/store/tables/table-stores';
import { History } from './judge/history';
import { judgedBeforeCensus } from './judge/before-census';
import { judgeAudit, judgeMessages } from './judge/judge-rest';
import { judgeUsers } from './judge/judge-users';
import { judgeWrites } from './judge/judge-writes';
import { Looks } from './judge/looks';
import type { Problem } from './judge/problem';
import { watchPromises } from './judge/watch-promises';
import { policyTextOf } from './script/policy-text';
import { eveningMs, nightMs, troubleEndsMs } from './script/script';
import type { Change, Script } from './script/script';
import type { AppWorld } from './world/app-process';
import { SimulatedBroker } from './world/broker';
import { changeTenant } from './world/change-tenant';
import { lastingFaults } from './world/lasting-faults';
import { People } from './world/people';
import { makeInspector } from './world/queue-ports';
import { SimulatedApp } from './world/simulated-app';
import { Subscriptions } from './world/subscriptions';
import { openTenant } from './world/tenant';
import { versionFaults } from './world/versions';
import { Weather } from './world/weather';
import type { FaultCounts } from './world/weather';

/** 2026-05-04T08:00:00Z */
const startAt = Date.UTC(2026, 4, 4, 8);

export type RunResult = {
  readonly seed: number;
  readonly problems: readonly Problem[];
  readonly faults: FaultCounts;
  /** Users who were there at any time. */
  readonly users: number;
  /** Writes of the app that took effect. */
  readonly writes: number;
  /** What happened, a line each; empty unless it was asked for. */
  readonly story: readonly string[];
};

export type RunOptions = {
  readonly withStory?: boolean;
  /** Plants a mistake: what each process gets instead of its services. */
  readonly around?: (services: Services) => Services;
};

/**
 * Runs a script: a day of the tenant in virtual time, with the real app, then a quiet evening, a census in the night, and
 * the judgment. The same script gives the same result.
 */
export async function runScript(script: Script, options: RunOptions = {}): Promise<RunResult> {
  const run = new Run(script, options);
  try {
    return await run.go();
  } finally {
    run.close();
  }
}

class Run {
  readonly #time = new VirtualTime(startAt);
  readonly #story: string[] = [];
  readonly #problems: Problem[] = [];
  readonly #graph: OpenGraph;
  readonly #stores: TableStores;
  readonly #weather: Weather;
  readonly #broker: SimulatedBroker;
  readonly #app: SimulatedApp;
  readonly #people: People;
  readonly #history: History;
  readonly #looks = new Looks(() => this.#time.now);

  constructor(
    private readonly script: Script,
    private readonly options: RunOptions,
  ) {
    const { seed, tenant, policies, changes, faults } = script;
    const tell = (text: string) => this.#tell(text);
    const random = (stream: number) => seededRandom(seed * 10 + stream);
    const tables = new MemoryTables();
    const tools = { clock: this.#time.clock, random: random(1), logger: silentLogger };
    this.#graph = openTenant(tenant, this.#time, random(2));
    this.#stores = makeStoresOver(tables.access(tools), tools);
    this.#weather = new Weather(this.#time, random(3), faults, tell);
    const subscriptions = new Subscriptions();
    const lasting = lastingFaults(this.#weather, this.#time, {
      graph: this.#graph,
      tables,
      subscriptions,
      processes: () => this.#app.living,
      tell,
    });
    this.#broker = new SimulatedBroker(this.#time, this.#weather, (queue) => this.#app.receiver(queue), tell);
    versionFaults(this.#weather, this.#time, { broker: this.#broker, app: () => this.#app });
    const world: AppWorld = {
      graph: this.#graph,
      tables,
      broker: this.#broker,
      weather: this.#weather,
      subscriptions,
      looks: this.#looks,
      areTablesAway: lasting.areTablesAway,
      onWritten: (table) => this.#onWritten(table),
      policyText: policyTextOf(policies[0] ?? failed('A script has a policy')),
      isVerifying: script.isVerifying,
      isNotified: script.isNotified,
      around: options.around ?? ((services) => services),
    };
    this.#app = new SimulatedApp(world, this.#time, script.processes, tell);
    this.#people = new People(
      this.#time,
      () => this.#app.forPeople().services,
      makeInspector(this.#broker),
      policies,
      (text) => {
        tell(text);
        this.#app.noteActivity();
      },
    );
    this.#history = new History(this.#graph, policies, usersOf(tenant.users, changes));
  }

  async go(): Promise<RunResult> {
    const { script } = this;
    const time = this.#time;
    this.#history.note(startAt);
    this.#graph.engine.changes.listen((change) => {
      this.#history.noteSeats(time.now);
      this.#app.notify(change);
    });
    this.#app.begin();
    for (const change of script.changes) time.at(startAt + change.at, () => this.#happen(change));
    await time.run(troubleEndsMs);
    this.#weather.end();
    this.#tell('no fault begins from now on');
    await this.#runUntilQuiet(eveningMs);
    await this.#judgeEvening();
    if (this.#problems.length === 0) await this.#passNight();
    const { problems, effective } = this.#judgeWrites();
    this.#problems.push(...problems, ...(await judgeAudit(this.#stores, this.#people.actions)));
    return {
      seed: script.seed,
      problems: this.#problems,
      faults: this.#weather.counts,
      users: this.#history.users.length,
      writes: effective,
      story: this.#story,
    };
  }

  close(): void {
    this.#graph.close();
  }

  /** Everything that was reported is done: nothing may wait for the census, but for what Graph never reports. */
  async #judgeEvening(): Promise<void> {
    await this.#judgeNow(true, judgedBeforeCensus(this.script, this.#history.users));
    this.#problems.push(...judgeMessages(this.#broker, this.#time.now));
  }

  async #passNight(): Promise<void> {
    this.#app.beginNight();
    await this.#runUntilQuiet(nightMs);
    await this.#judgeNow(false, this.#history.users);
    this.#problems.push(...judgeMessages(this.#broker, this.#time.now));
  }

  /** To a time, and on for ten minutes at most while a message is being handled. */
  async #runUntilQuiet(elapsedMs: number): Promise<void> {
    await this.#time.run(elapsedMs);
    for (let more = 1; more <= 20 && this.#broker.count('active') > 0; more++) {
      await this.#time.run(elapsedMs + more * 30_000);
    }
  }

  async #judgeNow(isBeforeCensus: boolean, users: readonly number[]): Promise<void> {
    const { policies, changes } = this.script;
    const { ours } = this.#judgeWrites();
    const end = { graph: this.#graph, stores: this.#stores, policies, changes, ours, isBeforeCensus };
    const judged = await judgeUsers({ ...end, users, faults: this.#weather.counts, startedAt: startAt });
    this.#problems.push(...judged);
  }

  #judgeWrites() {
    const { strikes } = this.#weather;
    return judgeWrites(this.#graph, this.#history, this.script, strikes, startAt, this.#looks);
  }

  #happen(change: Change): void {
    this.#tell(`change: ${JSON.stringify(change)}`);
    this.#app.noteActivity();
    if ('by' in change) {
      if (change.kind === 'activate') this.#history.noteActivation(change.policy, this.#time.now);
      this.#people.act(change);
      return;
    }
    changeTenant(this.#graph, change);
    this.#history.note(this.#time.now);
  }

  #onWritten(table: string): void {
    if (table !== 'waiting') return;
    void watchPromises(this.#graph, this.#stores, this.#history, this.#time.now).then((found) => {
      const known = new Set(this.#problems.map(({ text }) => text));
      this.#problems.push(...found.filter(({ text }) => !known.has(text)));
    });
  }

  #tell(text: string): void {
    if (this.options.withStory === true)
      this.#story.push(`${(this.#time.elapsedMs / 1_000).toFixed(2)} ${text}`);
  }
}

function usersOf(users: Script['tenant']['users'], changes: readonly Change[]): readonly number[] {
  const joiners = changes.flatMap((change) => (change.kind === 'join' ? [change.user] : []));
  return [...new Set([...users.map(({ user }) => user), ...joiners])];
}

function failed(text: string): never {
  throw new Error(text);
}
