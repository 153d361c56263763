import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../shared/config/config';
import { runSync } from '../support/faults/disturbed-sync';
import type { Disturb } from '../support/faults/disturbed-sync';
import { projectRoot } from '../support/local-cloud';
import { writeScaledQueues } from '../support/scaled-queues';
import { judgeSync } from '../support/faults/sync-verdict';
import { waitUntil } from '../support/wait-until';

/** Five minutes at a tenth of the time; the app's patience and the queues' locks are a tenth as well. */
const scale = 10;
const outageMs = 300_000;

describe('tables that are away for five minutes in the middle of a sync', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tables-away-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('cost no user anything: no dead letter, no user lost, nothing written twice', async () => {
    const sync = {
      users: 60,
      seed: 7,
      deadlineMs: 240_000,
      serviceBusConfig: writeScaledQueues(folder, scale),
      settings: { LICENSER_OUTAGE_SECONDS: String(60 / scale) },
    };
    const takeTablesAway: Disturb<number> = async ({ cloud, control }) => {
      // The first ones: a slow machine looks seldom, and the quota allows 32 at once.
      await waitUntil('writes', async () => (await control.writeLog(0)).length > 0);
      await cloud.processes.tables.kill('SIGKILL');
      await sleep(outageMs / scale);
      const writesBefore = (await control.writeLog(0)).length;
      await cloud.processes.tables.restart();
      return writesBefore;
    };

    const undisturbed = await runSync({ ...sync, quotaFactor: 10 }, async () => 0);
    const disturbed = await runSync({ ...sync, quotaFactor: 1 }, takeTablesAway);

    // It was in the middle, and longer than any handler waits: more went back to the queues than are in hand at once.
    expect(disturbed.told).toBeLessThan(disturbed.log.length - 20);
    expect(disturbed.abandoned).toBeGreaterThan(32);
    expect(disturbed.isSettled).toBe(true);
    expect(disturbed.deadLetters).toBe(0);
    expect(judgeSync(disturbed, undisturbed)).toEqual({
      withoutOutcome: [],
      secondEffectiveWrites: [],
      losses: [],
      differences: [],
    });
  });

  it('are shorter than all deliveries of a message together, with the settings of Azure', () => {
    const longestWaitMs = 5_000;
    const { outageMs: patienceMs } = loadConfig({
      ServiceBusConnection: 'Endpoint=sb://127.0.0.1',
      LICENSER_TENANT_ID: 'aaaaaaaa-0000-4000-8000-000000000001',
      LICENSER_TABLES_ENDPOINT: 'https://account.table.core.windows.net',
    });
    const queues = JSON.parse(
      readFileSync(join(projectRoot, 'local', 'service-bus.config.json'), 'utf8'),
    ) as { UserConfig: { Namespaces: { Queues: { Properties: { MaxDeliveryCount: number } }[] }[] } };

    const deliveries = queues.UserConfig.Namespaces.flatMap(({ Queues }) =>
      Queues.map(({ Properties }) => Properties.MaxDeliveryCount),
    );

    expect(Math.min(...deliveries) * (patienceMs - longestWaitMs)).toBeGreaterThan(outageMs);
  });
});
