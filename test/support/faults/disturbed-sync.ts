import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOutcomeReader } from '../../../cli/local-cloud/outcomes';
import type { QueueCounters, SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { toUserId } from '../../../shared/kernel/ids';
import { startTestCloud } from '../local-cloud';
import type { TestCloud } from '../local-cloud';
import { waitUntil } from '../wait-until';

type License = { readonly skuId: string; readonly disabledPlans: readonly string[] };
type Snapshot = { readonly directLicenses: readonly License[]; readonly usageLocation: string | null };
/** Graph's write log with what it knows of the user before and after. */
export type JudgedWrite = WriteLogEntry & {
  readonly before: Snapshot | null;
  readonly after: Snapshot | null;
};

export type SyncResult<Told> = {
  readonly users: readonly SyncedUser[];
  /** Every user's direct licenses at the end, as the tenant's export has them: `skuId -plan -plan`, sorted. */
  readonly licenses: ReadonlyMap<string, readonly string[]>;
  /** SKUs without a free seat at the end. */
  readonly fullSkus: ReadonlySet<string>;
  readonly outcomes: ReadonlyMap<string, string | null>;
  readonly log: readonly JudgedWrite[];
  readonly deadLetters: number;
  /** Messages that handlers gave back, since the broker's last start. */
  readonly abandoned: number;
  readonly isSettled: boolean;
  readonly wallMs: number;
  /** What the disturbance told. */
  readonly told: Told;
  /** Processes that ended though the test did not kill them. */
  readonly exits: readonly string[];
};

export type Disturb<Told> = (test: TestCloud, isSettled: () => boolean) => Promise<Told>;

const pollMs = 200;

/**
 * A fresh cloud whose broker and tables survive their death, one directory sync, and something that disturbs it.
 * Ends when every user has an outcome, the queues are idle and the disturbance is over, or at the deadline.
 */
export async function runSync<Told>(
  options: {
    readonly users: number;
    readonly seed: number;
    readonly quotaFactor: number;
    readonly deadlineMs: number;
    readonly settings?: Readonly<Record<string, string>>;
    readonly serviceBusConfig?: string;
    /** Default: the sample tenant. */
    readonly tenantFile?: string;
    /** Functions in processes of their own: see startTestCloud. */
    readonly instances?: string;
    readonly likeFlex?: boolean;
    /** Before the sync. */
    readonly prepare?: (test: TestCloud) => Promise<void>;
  },
  disturb: Disturb<Told>,
): Promise<SyncResult<Told>> {
  const { users: count, seed, quotaFactor, settings, serviceBusConfig, tenantFile } = options;
  const folder = mkdtempSync(join(tmpdir(), 'disturbed-sync-'));
  const test = await startTestCloud({
    quotaFactor,
    tablesLocation: join(folder, 'tables'),
    serviceBusData: join(folder, 'service-bus'),
    settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *', ...settings },
    ...(serviceBusConfig === undefined ? {} : { serviceBusConfig }),
    ...(tenantFile === undefined ? {} : { tenantFile }),
    ...(options.instances === undefined ? {} : { instances: options.instances }),
    likeFlex: options.likeFlex ?? false,
  });
  try {
    await options.prepare?.(test);
    const startedAt = performance.now();
    const users = await test.control.sync({ users: count, seed });
    let isSettled = false;
    let isOver = false;
    const disturbance = disturb(test, () => isSettled).finally(() => (isOver = true));
    disturbance.catch(() => undefined);
    for (let idleLooks = 0; performance.now() - startedAt < options.deadlineMs;) {
      idleLooks = (await isIdle(test, users)) ? idleLooks + 1 : 0;
      isSettled = idleLooks >= 2;
      if (isSettled && isOver) break;
      await sleep(pollMs);
    }
    const wallMs = Math.round(performance.now() - startedAt);
    const told = await disturbance;
    if (!isSettled) process.stderr.write(await describeOpen(test, users));
    return { ...(await judge(test, users)), users, isSettled, wallMs, told, exits: test.exits };
  } finally {
    await test.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every user has an outcome and no message is in the queues; a process that is away counts as no. */
async function isIdle(test: TestCloud, users: readonly SyncedUser[]): Promise<boolean> {
  try {
    const queues = Object.values(await test.control.queueCounters());
    if (queues.some(({ active, locked }) => active + locked > 0)) return false;
    const outcomes = await makeOutcomeReader(test.cloud.file.tables).read();
    return users.every(({ id }) => outcomes.get(id.toLowerCase()));
  } catch {
    return false;
  }
}

/** To find out why a sync did not end: what is in the queues, and the rows of users without an outcome. */
async function describeOpen(test: TestCloud, users: readonly SyncedUser[]): Promise<string> {
  const outcomes = await makeOutcomeReader(test.cloud.file.tables).read();
  const open = users.filter(({ id }) => !outcomes.get(id.toLowerCase())).slice(0, 5);
  const rows = await Promise.all(open.map(({ id }) => test.stores.users.read(toUserId(id))));
  const told = [await test.control.queueCounters(), ...rows.map(({ userId, state }) => ({ userId, state }))];
  return [...told.map((one) => JSON.stringify(one)), ...test.lines.slice(-20), ''].join('\n');
}

type ExportLine = {
  readonly type: string;
  readonly id?: string;
  readonly skuId?: string;
  readonly prepaidUnits?: { readonly enabled: number };
  readonly licenseAssignmentStates?: readonly (License & { readonly assignedByGroup: string | null })[];
};

type Seats = {
  readonly skuId: string;
  readonly consumedUnits: number;
  readonly prepaidUnits: { readonly enabled: number };
};

/** Asked until Graph answers: the faults of a test are still on. */
async function readSkus(test: TestCloud): Promise<readonly Seats[]> {
  let skus: readonly Seats[] | undefined;
  await waitUntil('an answer about SKUs', async () => {
    const { body } = await test.graph('GET', '/subscribedSkus');
    skus = body['value'] as readonly Seats[] | undefined;
    return skus !== undefined;
  });
  return skus ?? [];
}

async function judge(test: TestCloud, users: readonly SyncedUser[]) {
  const { origin } = test.cloud.file.graph;
  const lines = (await (await fetch(`${origin}/_local/export`)).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportLine);
  const log = (await (await fetch(`${origin}/_local/write-log`)).json()) as { entries: JudgedWrite[] };
  const skus = await readSkus(test);
  const ours = new Set(users.map(({ id }) => id.toLowerCase()));
  const licenses = lines
    .filter(({ type, id }) => type === 'user' && ours.has(id?.toLowerCase() ?? ''))
    .map(({ id, licenseAssignmentStates = [] }) => {
      const direct = licenseAssignmentStates.filter(({ assignedByGroup }) => assignedByGroup === null);
      return [id?.toLowerCase() ?? '', direct.map(describeLicense).sort()] as const;
    });
  const queues = Object.values(
    (await test.control.queueCounters()) as Record<string, QueueCounters & { deadLetterNow: number }>,
  );
  return {
    licenses: new Map(licenses),
    fullSkus: new Set(
      skus
        .filter(({ consumedUnits, prepaidUnits }) => consumedUnits >= prepaidUnits.enabled)
        .map(({ skuId }) => skuId.toLowerCase()),
    ),
    outcomes: await makeOutcomeReader(test.cloud.file.tables).read(),
    log: log.entries,
    deadLetters: queues.reduce((sum, { deadLetterNow }) => sum + deadLetterNow, 0),
    abandoned: queues.reduce((sum, { abandoned }) => sum + abandoned, 0),
  };
}

function describeLicense({ skuId, disabledPlans }: License): string {
  return [skuId.toLowerCase(), ...[...disabledPlans].map((plan) => plan.toLowerCase()).sort()].join(' -');
}
