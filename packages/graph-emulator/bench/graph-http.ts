import { fork } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { catalogueSku } from '../src/tenant/catalogue';
import type { Listening } from './http-server';
import { median } from '../../emulator-kit/bench/median';
import { RawClient } from './raw-http';

const skuId = catalogueSku('EMS').skuId;
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const warmUp = 6;
const rounds = 24;
const requests = 4_000;

/**
 * assignLicense against a route of bare node:http that reads and answers JSON, at the same client, each in a process of
 * its own. Short rounds by turns, so that whatever else the machine does falls on both, and the median of the shares.
 */
export async function measureHttp(): Promise<Record<string, number>> {
  const graph = await startServer('graph', '10000');
  const empty = await startServer('empty');
  const { ids, token } = graph;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const bodies = [[], [intune]].map((disabledPlans) =>
    JSON.stringify({ addLicenses: [{ skuId, disabledPlans }], removeLicenses: [] }),
  );
  const clients = { graph: new RawClient(graph.port), empty: new RawClient(empty.port) };
  const shares: number[] = [];
  const rates = { graph: [] as number[], empty: [] as number[] };
  const used = { graph: 0, empty: 0 };
  let made = 0;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    if (round === warmUp) Object.assign(used, { graph: await graph.used(), empty: await empty.used() });
    const first = made;
    made += requests;
    // Every call changes something: it gives the SKU, or turns a plan off or on.
    const body = (index: number) => bodies[Math.floor((first + index) / ids.length) % 2] ?? '';
    const ofEmpty = await clients.empty.requestsPerSecond(requests, (index) => ({
      path: '/empty',
      headers,
      body: body(index),
    }));
    const ofGraph = await clients.graph.requestsPerSecond(requests, (index) => ({
      path: `/v1.0/users/${ids[(first + index) % ids.length]}/assignLicense`,
      headers,
      body: body(index),
    }));
    if (round < warmUp) continue;
    rates.empty.push(ofEmpty);
    rates.graph.push(ofGraph);
    shares.push(ofGraph / ofEmpty);
  }
  const cpu = async (server: 'graph' | 'empty', now: number) => (now - used[server]) / (rounds * requests);
  const figures = {
    httpAssignPerSecond: median(rates.graph),
    httpEmptyPerSecond: median(rates.empty),
    httpShareOfEmptyRoute: median(shares),
    httpAssignCpuMicroseconds: await cpu('graph', await graph.used()),
    httpEmptyCpuMicroseconds: await cpu('empty', await empty.used()),
  };
  for (const client of Object.values(clients)) client.close();
  graph.stop();
  empty.stop();
  return figures;
}

/** The first round of users/delta at 100,000 users, page after page. */
export async function measureDelta(): Promise<Record<string, number>> {
  const large = await startServer('graph', '100000');
  const start = performance.now();
  const deltaUsers = await walkDelta(large);
  const deltaWalkSeconds = (performance.now() - start) / 1_000;
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

type Server = Listening & {
  /** Processor time so far (microseconds). */
  readonly used: () => Promise<number>;
  readonly stop: () => void;
};

async function startServer(...args: readonly string[]): Promise<Server> {
  const child = fork(join(__dirname, 'http-server.js'), args);
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      const onExit = (code: number | null) =>
        reject(new Error(`The measured server ended with code ${code}`));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        resolve(message);
      });
    });
  const listening = (await answer()) as Listening;
  const used = () => {
    child.send('used');
    return answer() as Promise<number>;
  };
  return { ...listening, used, stop: () => child.disconnect() };
}
