import { fork } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { seededRandom } from '../shared/kernel/random';
import { addNewcomer } from '../local/graph/control/sync-wave';
import { assignLicense } from '../local/graph/engine/assign-license';
import { makeEngine } from '../local/graph/engine/engine';
import type { Engine } from '../local/graph/engine/engine';
import { updateUser } from '../local/graph/engine/user-writes';
import { viewUser } from '../local/graph/engine/user-view';
import { catalogueSku } from '../local/tenant/catalogue';
import { makeTenant } from '../local/tenant/make-tenant';
import type { Listening } from './http-server';
import { requestsPerSecond } from './raw-http';

type Target = {
  readonly key: string;
  readonly op: '>=' | '<=';
  readonly value: number;
  readonly actual: number;
  readonly met: boolean;
};

export type GraphBenchResult = {
  readonly figures: Readonly<Record<string, number>>;
  readonly targets: readonly Target[];
};

const ems = catalogueSku('EMS').skuId;
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';

/** What the embedded Graph costs: in process, over HTTP, and at 1,000 against 100,000 users. */
export async function benchGraph(): Promise<GraphBenchResult> {
  const http = await measureHttp();
  const small = makeEngine({ tenant: makeTenant({ users: 1_000, seed: 1 }), random: seededRandom(1) });
  const before = process.memoryUsage().rss;
  const loadStart = performance.now();
  const large = makeEngine({ tenant: makeTenant({ users: 100_000, seed: 1 }), random: seededRandom(1) });
  const loadSeconds = (performance.now() - loadStart) / 1_000;
  const rssGigabytes = Math.max(process.memoryUsage().rss, before) / 2 ** 30;

  const costs = compareCosts(small, large);
  const ratio = (key: keyof Costs) => round(costs.large[key] / costs.small[key]);
  for (const engine of [small, large]) engine.clock.stop();
  const figures = {
    assignPerSecond: round(1_000_000 / costs.large.assign),
    assignMicroseconds: costs.large.assign,
    getRatio: ratio('get'),
    patchRatio: ratio('patch'),
    assignRatio: ratio('assign'),
    loadSeconds: round(loadSeconds),
    rssGigabytes: round(rssGigabytes),
    ...http,
  };
  return { figures, targets: judge(figures) };
}

function judge(figures: Readonly<Record<string, number>>): Target[] {
  const target = (key: string, op: Target['op'], value: number): Target => {
    const actual = figures[key] ?? Number.NaN;
    return { key, op, value, actual, met: op === '>=' ? actual >= value : actual <= value };
  };
  return [
    target('assignPerSecond', '>=', 20_000),
    target('httpShareOfEmptyRoute', '>=', 0.5),
    target('getRatio', '<=', 1.3),
    target('patchRatio', '<=', 1.3),
    target('assignRatio', '<=', 1.3),
    target('loadSeconds', '<=', 15),
    target('rssGigabytes', '<=', 1.5),
  ];
}

type Costs = { get: number; patch: number; assign: number };

/** Microseconds a call, the best of some turns over the same number of users; the turns alternate between the two. */
function compareCosts(small: Engine, large: Engine): { small: Costs; large: Costs } {
  const calls = { small: makeCalls(small), large: makeCalls(large) };
  const best = {
    small: { get: Infinity, patch: Infinity, assign: Infinity },
    large: { get: Infinity, patch: Infinity, assign: Infinity },
  };
  for (let turn = 0; turn < 8; turn += 1) {
    for (const key of ['get', 'patch', 'assign'] as const) {
      for (const size of ['small', 'large'] as const) {
        best[size][key] = Math.min(best[size][key], timeOf(calls[size][key], turn));
      }
    }
  }
  return best;
}

const callsPerTurn = 20_000;

function timeOf(call: (index: number) => void, turn: number): number {
  const start = performance.now();
  for (let index = 0; index < callsPerTurn; index += 1) call(turn * callsPerTurn + index);
  return round(((performance.now() - start) * 1_000) / callsPerTurn);
}

function makeCalls(engine: Engine): Record<keyof Costs, (index: number) => void> {
  const ids = Array.from({ length: 1_000 }, (_, index) => addPerson(engine, index));
  const find = (index: number) => {
    const user = engine.tenant.findUser(ids[index % ids.length] ?? '');
    if (!user) throw new Error('The user is gone');
    return user;
  };
  return {
    get: (index) => {
      const user = find(index);
      JSON.stringify(viewUser(engine, user, user.version, undefined));
    },
    patch: (index) => void updateUser(engine, find(index), { jobTitle: `Title ${index}` }),
    // Every call changes something: it gives the SKU, or turns a plan off or on.
    assign: (index) => {
      const disabledPlans = Math.floor(index / ids.length) % 2 === 0 ? [] : [intune];
      assignLicense(engine, find(index), {
        addLicenses: [{ skuId: ems, disabledPlans }],
        removeLicenses: [],
      });
    },
  };
}

function addPerson(engine: Engine, index: number): string {
  const userPrincipalName = `bench.${index}@contoso.com`;
  return addNewcomer(engine, {
    properties: {
      userPrincipalName,
      displayName: `Bench ${index}`,
      usageLocation: 'NL',
      accountEnabled: true,
    },
  }).id;
}

/** Both servers in processes of their own, so that the client's work is in neither figure. */
async function measureHttp(): Promise<Record<string, number>> {
  const graph = await startServer('graph', '10000');
  const empty = await startServer('empty');
  const { ids, token } = graph;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const bodies = [[], [intune]].map((disabledPlans) =>
    JSON.stringify({ addLicenses: [{ skuId: ems, disabledPlans }], removeLicenses: [] }),
  );
  const body = (index: number) => bodies[Math.floor(index / ids.length) % 2] ?? '';
  const toGraph = (index: number) => ({
    path: `/v1.0/users/${ids[index % ids.length]}/assignLicense`,
    headers,
    body: body(index),
  });
  const toEmpty = (index: number) => ({ path: '/empty', headers, body: body(index) });
  // Alternating, so that whatever else the machine does falls on both.
  let graphRate = 0;
  let emptyRate = 0;
  for (let turn = 0; turn < 8; turn += 1) {
    const ofEmpty = await requestsPerSecond(empty.port, toEmpty);
    const ofGraph = await requestsPerSecond(graph.port, toGraph);
    // The first turns warm both up.
    if (turn < 2) continue;
    emptyRate = Math.max(emptyRate, ofEmpty);
    graphRate = Math.max(graphRate, ofGraph);
  }
  graph.stop();
  empty.stop();
  return {
    httpAssignPerSecond: round(graphRate),
    httpEmptyPerSecond: round(emptyRate),
    httpShareOfEmptyRoute: round(graphRate / emptyRate),
    ...(await measureDelta()),
  };
}

/** The first round of users/delta at 100,000 users, page after page. */
async function measureDelta(): Promise<Record<string, number>> {
  const large = await startServer('graph', '100000');
  const start = performance.now();
  const deltaUsers = await walkDelta(large);
  const deltaWalkSeconds = round((performance.now() - start) / 1_000);
  large.stop();
  return { deltaUsers, deltaWalkSeconds };
}

async function walkDelta({ port, token }: Listening): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  let users = 0;
  let next: string | undefined = '/users/delta?$select=displayName,department,usageLocation';
  while (next !== undefined) {
    const response = await fetch(`http://127.0.0.1:${port}/v1.0${next}`, { headers });
    const page = (await response.json()) as { value: unknown[]; '@odata.nextLink'?: string };
    users += page.value.length;
    next = page['@odata.nextLink']?.replace('https://graph.microsoft.com/v1.0', '');
  }
  return users;
}

async function startServer(...args: readonly string[]): Promise<Listening & { stop: () => void }> {
  const child = fork(join(__dirname, 'http-server.js'), args);
  const listening = await new Promise<Listening>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Listening));
    child.once('exit', (code) => reject(new Error(`The measured server ended with code ${code}`)));
  });
  return { ...listening, stop: () => child.disconnect() };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
