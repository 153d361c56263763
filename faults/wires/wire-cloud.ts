import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AzureNamedKeyCredential } from '@azure/data-tables';
import { z } from 'zod';
import { controlHeaders, makeControlApi } from '@auto-licenser/graph-emulator/client';
import type { ControlApi } from '@auto-licenser/graph-emulator/client';
import { startCloud } from '../../local/cloud';
import type { RunningCloud } from '../../local/cloud';
import { freePorts } from '../../local/cloud-ports';
import { projectRoot } from '../../local/project-root';
import { systemClock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import { systemRandom } from '../../shared/kernel/random';
import { makeTableStores } from '../../shared/store/tables/table-stores';
import type { TableStores } from '../../shared/store/tables/table-stores';
import { policyTextOf } from '../script/policy-text';
import { linesOf } from '../world/tenant';
import type { WireDay } from './wire-day';

/** The embedded cloud of one day: real processes, real clients, state on disk that survives their ends. */
export type WireCloud = {
  readonly cloud: RunningCloud;
  readonly control: ControlApi;
  readonly stores: TableStores;
  /** What the processes wrote last. */
  readonly lines: readonly string[];
  /** Processes that ended by themselves. */
  readonly exits: readonly string[];
  /** A call of Graph as an admin, made again until it is answered with success. @throws Error it is refused for a minute */
  readonly asAdmin: (method: string, path: string, body?: unknown) => Promise<void>;
  /** A call of the embedded Graph's control API; its answer's text. @throws Error */
  readonly tell: (method: string, path: string, body?: unknown) => Promise<string>;
  /** Runs a timer function now. */
  runFunction(name: string): Promise<void>;
  stop(): Promise<void>;
};

/** Graph's quotas, and the app's share of them. */
const quotaFactor = 10;
const startMs = 300_000;
const refusedMs = 60_000;
/** Longer than Graph may lag behind. */
const notFoundMs = 8_000;
const Token = z.object({ access_token: z.string() });
const Health = z.object({ ok: z.boolean(), deltaPositionAt: z.string().nullable() });

/** Starts everything and waits until the app follows changes. */
export async function startWireCloud({ tenant, policy, likeFlex }: WireDay): Promise<WireCloud> {
  const folder = mkdtempSync(join(tmpdir(), 'faults-wires-'));
  const [tenantFile, policyFile] = [join(folder, 'tenant.ndjson'), join(folder, 'policy.yaml')];
  writeFileSync(
    tenantFile,
    linesOf(tenant)
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  writeFileSync(policyFile, policyTextOf(policy));
  const [lines, exits]: [string[], string[]] = [[], []];
  const cloud = await startCloud({
    root: projectRoot(),
    log: silentLogger,
    ports: freePorts,
    tenantFile,
    quotaFactor,
    likeFlex,
    tablesLocation: join(folder, 'tables'),
    serviceBusData: join(folder, 'service-bus'),
    settings: {
      LICENSER_POLICY_PATH: policyFile,
      LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
      LICENSER_CENSUS_WALK_SCHEDULE: '*/5 * * * * *',
      LICENSER_DEAD_LETTER_SCHEDULE: '*/10 * * * * *',
      LICENSER_WRITE_QUOTA: String(3_000 * quotaFactor),
    },
    onLine: (name, line) => {
      lines.push(`${name}: ${line}`);
      if (lines.length > 40) lines.shift();
    },
    onProcessExit: ({ name }) => exits.push(name),
  });
  const wires = connect(cloud, lines, exits, folder);
  try {
    await waitUntilFollowing(cloud.file.functions.origin);
    await wires.runFunction('graph-subscription');
  } catch (error) {
    await wires.stop();
    throw new Error(`${String(error)}\n${lines.join('\n')}`, { cause: error });
  }
  return wires;
}

function connect(
  cloud: RunningCloud,
  lines: readonly string[],
  exits: readonly string[],
  folder: string,
): WireCloud {
  const { graph, serviceBus, tables, functions } = cloud.file;
  let token: string | undefined;
  const signIn = async (): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: graph.clientId,
      client_secret: graph.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    });
    return Token.parse(await (await fetch(graph.tokenUrl, { method: 'POST', body })).json()).access_token;
  };
  const asAdmin = async (method: string, path: string, body?: unknown) => {
    const startedAt = performance.now();
    let said = '';
    for (; performance.now() < startedAt + refusedMs; await sleep(200)) {
      try {
        token ??= await signIn();
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const text = body === undefined ? {} : { body: JSON.stringify(body) };
        const answer = await fetch(`${graph.origin}/v1.0${path}`, { method, headers, ...text });
        if (answer.ok) return;
        said = `${String(answer.status)} ${await answer.text()}`;
        if (answer.status === 401) token = undefined;
        // Done before, by a call whose answer was lost; who is not found yet is found later.
        const isGone = answer.status === 404 && (method === 'DELETE' || path.endsWith('/restore'));
        if (said.includes('already exist')) return;
        if (isGone && performance.now() > startedAt + notFoundMs) return;
      } catch (error) {
        // The connection was reset: Graph may have done it.
        said = String(error);
      }
    }
    throw new Error(`An admin's ${method} ${path} was refused for a minute: ${said}`);
  };
  const tell = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const url = `${graph.origin}/_local${path}`;
    const answer = await fetch(url, { method, headers: controlHeaders(graph), ...text });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${said}`);
    return said;
  };
  return {
    cloud,
    control: makeControlApi(graph, `http://127.0.0.1:${String(serviceBus.managementPort)}`),
    stores: makeTableStores({
      endpoint: tables.endpoint,
      credential: new AzureNamedKeyCredential(tables.accountName, tables.accountKey),
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    }),
    lines,
    exits,
    asAdmin,
    tell,
    runFunction: async (name) => {
      const headers = { 'x-functions-key': functions.masterKey, 'content-type': 'application/json' };
      await fetch(`${functions.origin}/admin/functions/${name}`, { method: 'POST', headers, body: '{}' });
    },
    stop: async () => {
      await cloud.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilFollowing(origin: string): Promise<void> {
  const deadline = performance.now() + startMs;
  for (let said = ''; ; await sleep(100)) {
    try {
      said = await (await fetch(`${origin}/api/health`)).text();
      const health = Health.parse(JSON.parse(said));
      if (health.ok && health.deltaPositionAt !== null) return;
    } catch {
      // Not yet.
    }
    if (performance.now() > deadline) throw new Error(`The app does not follow changes: ${said}`);
  }
}
