import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { sampleSettings } from '../../demo/sample-settings';
import { startCloud } from '../../local/cloud';
import type { CloudOptions, RunningCloud } from '../../local/cloud';
import type { LocalCloud } from '../../local/cloud-file';
import { freePorts } from '../../local/cloud-ports';
import { projectRoot } from '../../local/project-root';
import { systemClock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import { fillQueues } from './fill-queues';
import type { QueueLoad } from './fill-queues';
import { makeRows } from './make-rows';
import { scarceSku } from './seeded';
import type { HistorySize, SeededUser } from './seeded';

/** Of functions that take messages or follow users by themselves. */
export const consumers = ['decide', 'apply', 'apply-bulk', 'dead-letters'] as const;

export type BigCloudOptions = Partial<HistorySize> & {
  readonly users: number;
  /** Waiting messages; no function takes them whose name is in `disabled`. */
  readonly messages: QueueLoad;
  /** Of `directory-changes`. */
  readonly deadLetters: number;
  /** Functions that do not run, such as `apply-bulk`. Default: all that would take the messages. */
  readonly disabled?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** Called once all processes run, before the queues are filled. */
  readonly onStarted?: (cloud: LocalCloud) => void;
  readonly onLine?: CloudOptions['onLine'];
  readonly onProcessExit?: CloudOptions['onProcessExit'];
};

export type BigCloud = {
  /** Its `stop` removes the files, too. */
  readonly cloud: RunningCloud;
  /** Users of Graph and of the tables, in the order of the rows. */
  readonly users: readonly SeededUser[];
};

const never = '0 0 0 1 1 *';
const noHistory: HistorySize = {
  rollouts: [],
  auditEntries: 0,
  operations: 0,
  exceptions: 0,
  planLines: 0,
  failures: {},
  sampleHours: 2,
};

/**
 * An embedded cloud that looks as if the app had licensed so many users long ago: Graph and the tables have them from the
 * start, and the messages and dead letters lie in the queues. The app itself has handled none of them.
 */
export async function startBigCloud(options: BigCloudOptions): Promise<BigCloud> {
  const { disabled = consumers } = options;
  const folder = mkdtempSync(join(tmpdir(), 'big-cloud-'));
  const removeFiles = () => rmSync(folder, { recursive: true, force: true });
  try {
    const tenantFile = join(folder, 'tenant.ndjson');
    const tablesRows = join(folder, 'rows.ndjson');
    const users = await writeTenant(tenantFile, options.users);
    await writeRows(tablesRows, users, { ...noHistory, ...options });
    const root = projectRoot();
    const cloud = await startCloud({
      root,
      log: silentLogger,
      ports: freePorts,
      quotaFactor: 10,
      tenantFile,
      tablesRows,
      settings: {
        ...sampleSettings(join(root, 'policy', 'sample-tenant.yaml'), 10),
        LICENSER_SUBSCRIPTION_SCHEDULE: never,
        LICENSER_DEAD_LETTER_SCHEDULE: never,
        LICENSER_CENSUS_SCHEDULE: never,
        ...Object.fromEntries(disabled.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true'])),
        ...options.settings,
      },
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
      ...(options.onProcessExit === undefined ? {} : { onProcessExit: options.onProcessExit }),
    });
    options.onStarted?.(cloud.file);
    // Dead letters are made of messages that no function may take.
    await cloud.processes.functions.kill();
    const ids = users.map(({ id }) => id);
    await fillQueues(cloud.file.serviceBus.connectionString, ids, options, systemClock.now());
    await cloud.processes.functions.restart();
    const stop = async () => {
      await cloud.stop();
      removeFiles();
    };
    return { users, cloud: Object.defineProperty({ ...cloud, stop }, 'file', { get: () => cloud.file }) };
  } catch (error) {
    removeFiles();
    throw error;
  }
}

/** The sample tenant with so many users, and no free seat of the SKU that users wait for. */
async function writeTenant(file: string, count: number): Promise<readonly SeededUser[]> {
  const users: SeededUser[] = [];
  let taken = 0;
  await writeLines(file, function* () {
    for (const line of makeTenant({ users: count, seed: 20160401 })) {
      if (line.type === 'user') {
        users.push({ id: line.id, userPrincipalName: line.userPrincipalName });
        if (line.licenseAssignmentStates?.some(({ skuId }) => skuId === scarceSku)) taken++;
      }
      yield withoutFreeSeats(line, taken);
    }
  });
  return users;
}

function withoutFreeSeats(line: TenantLine, taken: number): TenantLine {
  if (line.type !== 'sku' || line.skuId !== scarceSku) return line;
  return { ...line, prepaidUnits: { ...line.prepaidUnits, enabled: taken } };
}

async function writeRows(file: string, users: readonly SeededUser[], size: HistorySize): Promise<void> {
  const out = createWriteStream(file);
  const lines: string[] = [];
  const flush = () => void out.write(lines.splice(0).join(''));
  await makeRows(users, size, systemClock, (line) => {
    lines.push(`${JSON.stringify(line)}\n`);
    if (lines.length >= 1_000) flush();
  });
  flush();
  await ended(out);
}

async function writeLines(file: string, make: () => Iterable<object>): Promise<void> {
  const out = createWriteStream(file);
  for (const line of make()) {
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  }
  await ended(out);
}

function ended(out: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    out.once('error', reject);
    out.end(resolve);
  });
}
