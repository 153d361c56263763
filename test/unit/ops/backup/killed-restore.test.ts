import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import { tablesKept } from '../../../../shared/ops/backup/backup-format';
import { restoreBackup } from '../../../../shared/ops/backup/restore-backup';
import { writeBackup } from '../../../../shared/ops/backup/write-backup';
import { makeStoresOver } from '../../../../shared/store/tables/table-stores';
import { makeFailingPorts } from '../../../support/faults/failing-ports';
import { fill } from '../../../support/memory/filled-tables';
import { MemoryTables } from '../../../../rehearsal/world/tables/memory-tables';
import { makeTableWorld } from '../../../support/memory/table-world';
import { ems } from '../../../support/pipeline-world';
import { ManualClock } from '../../../support/manual-clock';

const folder = mkdtempSync(join(tmpdir(), 'killed-restore-'));
const clock = new ManualClock();
const tools = { clock, random: seededRandom(1), logger: silentLogger };
beforeAll(async () => {
  const world = makeTableWorld();
  await fill(world);
  const table = world.tables.access(tools);
  await writeBackup(folder, { table, tenantId: 't', newId: () => 'b', now: () => clock.now() });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An empty store, and a restore into it of which one call dies; Infinity: none. */
function makeTarget() {
  const tables = new MemoryTables();
  const access = tables.access(tools);
  const stores = makeStoresOver(access, tools);
  const restore = async (at: number) => {
    const { faults, failing } = makeFailingPorts({ at, after: false, calls: 0 });
    const { cursors, control, audit } = stores;
    await restoreBackup(folder, {
      table: (name) => failing(access(name)),
      stores: { cursors: failing(cursors), control: failing(control), audit: failing(audit) },
      readTimes: async (ids) => new Map(ids.map((id) => [id, new Map([[ems, 1]])])),
      noteNotClaimed: async () => undefined,
      ...{ tenantId: 't', now: () => clock.now(), force: false, by: 'ann', why: 'a test', clockSkewMs: 0 },
    }).catch((error: Error) => expect(error.message).toBe('killed'));
    return faults.calls;
  };
  const rows = () =>
    tablesKept
      // A restore that dies right after it was recorded is recorded again.
      .filter((name) => name !== 'audit')
      .map((name) => [name, tables.rows(name).map(({ etag: _, stamp: __, ...row }) => row)]);
  return { restore, rows, tables };
}

it('a restore that is killed at any step, and begun again, brings back what an undisturbed one does', async () => {
  const undisturbed = makeTarget();
  const calls = await undisturbed.restore(Infinity);
  const expected = undisturbed.rows();

  for (let at = 1; at <= calls; at++) {
    const target = makeTarget();
    await target.restore(at);
    await target.restore(Infinity);
    expect([at, target.rows()]).toEqual([at, expected]);
    expect(JSON.stringify(target.tables.rows('audit'))).toContain('backup/restore');
  }
  expect(calls).toBeGreaterThan(30);
});
