import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedCredential } from '../../cli/target/embedded-credential';
import { startCloud } from '../../local/cloud';
import type { RunningCloud } from '../../local/cloud';
import { freePorts } from '../../local/cloud-ports';
import { makeControlApi } from '@auto-licenser/graph-emulator/client';
import type { ControlApi, SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { makeOutcomeReader } from '../../cli/local-cloud/outcomes';
import type { OutcomeReader } from '../../cli/local-cloud/outcomes';
import { prepareCloud } from '../../demo/prepare-cloud';
import { sampleSettings } from '../../demo/sample-settings';
import { projectRoot } from '../../local/project-root';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { GraphTransport } from '../../shared/graph/graph-transport';
import { makeGraphClient } from '../../shared/graph/graph-client';
import { systemClock } from '../../shared/kernel/clock';
import type { Logger } from '../../shared/kernel/logger';
import { systemRandom } from '../../shared/kernel/random';
import { RequestCounts } from './count-requests';
import type { CallCounts } from './count-requests';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** Microsoft's write limit for one app in one tenant. https://learn.microsoft.com/graph/throttling-limits */
export const writesPerSecondAtOne = 3_000 / 150;
/** How long Graph takes for each request, also for each inside a `$batch`, which run side by side. */
export const latencyMs = 100;

/** An embedded cloud of which a benchmark judges by Graph's and the broker's own counters. */
export type MeasuredCloud = {
  readonly cloud: RunningCloud;
  readonly control: ControlApi;
  readonly outcomes: OutcomeReader;
  /** A Graph client like the product's, for what the benchmark compares with. */
  readonly graph: GraphTransport;
  readonly writesPerSecond: number;
  /** Requests of the functions host to the tables so far; undefined where they are not counted. */
  tableCalls(): Promise<CallCounts | undefined>;
  /** Settings of the embedded Graph (local/graph/engine/settings.ts). */
  setFaults(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Puts users into the tenant, past quotas and the write log. */
  addUsers(users: readonly Readonly<Record<string, unknown>>[]): Promise<readonly SyncedUser[]>;
  /** Subscribes to notifications and waits until the app follows changes. */
  follow(): Promise<void>;
  stop(): Promise<void>;
};

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};

/**
 * Starts a cloud of its own on free ports: a sample tenant with seats for everybody, the policy of the sample tenant,
 * the whole of Graph's write quota (times `quotaFactor`) for the app. What the app writes to stderr is dropped,
 * unless the cloud breaks. `countsTableCalls`: the functions host is loaded with a counter of its requests.
 */
export async function startMeasuredCloud(options: {
  readonly quotaFactor: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly countsTableCalls?: boolean;
}): Promise<MeasuredCloud> {
  const { quotaFactor } = options;
  const requests = options.countsTableCalls === true ? new RequestCounts() : undefined;
  const root = projectRoot();
  const folder = mkdtempSync(join(tmpdir(), 'bench-cloud-'));
  const tenantFile = join(folder, 'tenant.ndjson');
  writeFileSync(tenantFile, ampleTenant());
  let exited: string | undefined;
  const cloud = await startCloud({
    root,
    log: silent,
    ports: freePorts,
    quotaFactor,
    tenantFile,
    settings: {
      ...sampleSettings(join(root, 'policy', 'sample-tenant.yaml'), quotaFactor),
      LICENSER_QUOTA_SHARE: '1',
      ...requests?.settings,
      ...options.settings,
    },
    ...(process.env['BENCH_LINES'] === undefined
      ? {}
      : { onLine: (name, line) => process.stderr.write(`${name}: ${line}\n`) }),
    onProcessExit: ({ name }) => {
      exited = name;
    },
  });
  const { file } = cloud;
  const transport = new GraphTransport(
    makeGraphClient(new EmbeddedCredential(file.graph, () => systemClock.now()), file.graph.origin),
    { clock: systemClock, random: systemRandom, logger: silent },
  );
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${file.graph.origin}/_local${path}`, {
      method: 'POST',
      headers: controlHeaders(file.graph),
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    cloud,
    control: makeControlApi(file.graph, `http://127.0.0.1:${file.serviceBus.managementPort}`),
    outcomes: makeOutcomeReader(file.tables),
    graph: transport,
    writesPerSecond: writesPerSecondAtOne * quotaFactor,
    tableCalls: async () =>
      requests?.read(cloud.processes.functions.pid, new URL(cloud.file.tables.endpoint).port),
    setFaults: async (settings) => void (await post('/faults', settings)),
    addUsers: async (users) => ((await post('/users', users)) as { users: SyncedUser[] }).users,
    follow: () => prepareCloud(cloud, { calm: true }),
    stop: async () => {
      await cloud.stop();
      requests?.remove();
      rmSync(folder, { recursive: true, force: true });
      if (exited !== undefined) throw new Error(`The process ${exited} ended by itself`);
    },
  };
}

/** The sample tenant, of every SKU as many seats as anybody may want. */
function ampleTenant(): string {
  const lines = [...makeTenant({ users: 300, seed: 20160401 })].map((line) =>
    line.type === 'sku' && line.capabilityStatus === 'Enabled'
      ? { ...line, prepaidUnits: { ...line.prepaidUnits, enabled: 1_000_000 } }
      : line,
  );
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** The write log from `after` on, kept up to date until `isDone` says so or the deadline has passed. */
export async function followWrites(
  measured: MeasuredCloud,
  after: number,
  deadlineMs: number,
  isDone: (log: readonly WriteLogEntry[]) => boolean,
): Promise<readonly WriteLogEntry[]> {
  const log: WriteLogEntry[] = [];
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    log.push(...(await measured.control.writeLog(log.at(-1)?.seq ?? after)));
    if (isDone(log) || performance.now() > deadline) return log;
    await sleep(250);
  }
}

/** Until nothing is queued, in hand or scheduled any more, or the deadline has passed. */
export async function waitUntilQuiet(measured: MeasuredCloud, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (let quiet = 0; quiet < 3 && performance.now() < deadline;) {
    const queues = Object.values(await measured.control.queueCounters());
    const isQuiet = queues.every(({ active, locked, scheduledNow }) => active + locked + scheduledNow === 0);
    quiet = isQuiet ? quiet + 1 : 0;
    await sleep(500);
  }
}

/** The number of the last entry of the write log. */
export async function lastWrite(measured: MeasuredCloud): Promise<number> {
  return (await measured.control.writeLog(0)).at(-1)?.seq ?? 0;
}
