import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../shared/kernel/random';
import { runSync } from '../support/faults/disturbed-sync';
import { killProcesses } from '../support/faults/kill-processes';
import { writeScaledQueues } from '../support/scaled-queues';
import { writeAmpleTenant } from '../support/seats';
import { judgeSync } from '../support/faults/sync-verdict';

/**
 * Functions host, broker and tables are killed in the middle of a sync; judged by Graph's write log, the tenant's
 * export and the broker's counters. Locks are a sixth as long as they are in Azure, so that what a dead process held
 * comes free soon. test/long has the campaign with locks in full.
 */
describe('processes that are killed in the middle', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'killed-processes-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('leave everyone with the licenses of an undisturbed run, written once, none lost on the way', async () => {
    const sync = {
      users: 60,
      seed: 7,
      deadlineMs: 240_000,
      serviceBusConfig: writeScaledQueues(folder, 6),
      tenantFile: writeAmpleTenant(folder),
    };
    const kills = killProcesses({
      random: seededRandom(20261122),
      processes: ['functions', 'serviceBus', 'tables', 'functions', 'tables', 'serviceBus'],
      betweenMs: { min: 100, max: 700 },
      awayMs: { min: 0, max: 300 },
    });

    const undisturbed = await runSync({ ...sync, quotaFactor: 10 }, async () => []);
    const disturbed = await runSync({ ...sync, quotaFactor: 1 }, kills);

    expect(undisturbed.isSettled).toBe(true);
    expect(disturbed.told.length).toBeGreaterThanOrEqual(4);
    expect(disturbed.isSettled).toBe(true);
    expect(judgeSync(disturbed, undisturbed)).toEqual({
      withoutOutcome: [],
      secondEffectiveWrites: [],
      losses: [],
      differences: [],
    });
    expect(disturbed.deadLetters).toBe(0);
    expect(disturbed.exits).toEqual([]);
  });
});
