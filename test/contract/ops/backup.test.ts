import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import type { SkuId, UserId } from '../../../shared/kernel/ids';
import { tablesKept } from '../../../shared/ops/backup/backup-format';
import { restoreBackup } from '../../../shared/ops/backup/restore-backup';
import type { NotClaimed } from '../../../shared/ops/backup/restored-user';
import { writeBackup } from '../../../shared/ops/backup/write-backup';
import { makeWriteQuota } from '../../../shared/quota/make-write-quota';
import type { TableAccess } from '../../../shared/store/tables/table-access';
import { makeTableAccess, makeTableStores } from '../../../shared/store/tables/table-stores';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';
import type { AuditEntry } from '../../../shared/words/audit-entry';
import { ManualClock } from '../../support/manual-clock';
import { ledgerEntry, userId, userState } from '../../support/user-states';
import { readRawTables } from '../store/earlier-version/raw-tables';
import { sampleTime, writeSamples } from '../store/earlier-version/write-samples';

/** Over the wire of Microsoft's table emulator: what is written, how it goes on after an interruption, what it refuses. */
const folder = mkdtempSync(join(tmpdir(), 'backup-'));
const clock = new ManualClock(sampleTime);
const sku = (number: number) => `10000000-0000-4000-8000-00000000000${String(number)}` as SkuId;
const users = 130;

let services: LentTables[];
function open(service: LentTables) {
  const options = { ...service, clock, random: seededRandom(1), logger: silentLogger };
  const table = makeTableAccess(options);
  return {
    stores: makeTableStores(options),
    table,
    quota: makeWriteQuota(table('quota'), { ratePerSecond: 16 }, options),
  };
}

beforeAll(async () => {
  services = [await leaseTables(), await leaseTables()];
  const { stores, quota, table } = open(services[0] as LentTables);
  await writeSamples(stores, quota);
  await table('setAside').write(
    { partitionKey: 'users', rowKey: '0|a|b', json: '{', asideRowKey: 'b' },
    null,
  );
  for (let number = 100; number < 100 + users; number++) {
    const record = await stores.users.read(userId(number));
    await stores.users.commit(record, { state: userState(), ledger: [ledgerEntry(sku(1))] });
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
});

const source = () => open(services[0] as LentTables);
const target = () => open(services[1] as LentTables);
const backupParts = () => ({
  table: source().table,
  tenantId: 'tenant-1',
  newId: () => 'backup-1',
  now: () => sampleTime,
  partRows: 50,
});

const asked: UserId[] = [];
const notClaimed: NotClaimed[] = [];
const restoreParts = () => ({
  ...target(),
  tenantId: 'tenant-1',
  now: () => sampleTime,
  force: false,
  by: 'ann',
  why: 'a test',
  clockSkewMs: 0,
  readTimes: async (ids: readonly UserId[]) => {
    asked.push(...ids);
    return new Map(ids.map((id) => [id, new Map([[sku(1), 1]])]));
  },
  noteNotClaimed: async (found: readonly NotClaimed[]) => void notClaimed.push(...found),
});

describe('a backup', () => {
  it('goes on behind its last whole file when it was interrupted', async () => {
    let read = 0;
    const breaking = (name: string) => ({
      query: async function* (filter: string) {
        for await (const row of source().table(name).query(filter)) {
          if (name === 'users' && ++read > 115) throw new Error('the line is cut');
          yield row;
        }
      },
    });
    await expect(writeBackup(folder, { ...backupParts(), table: breaking })).rejects.toThrow(
      'the line is cut',
    );
    const partsBefore = readdirSync(folder).filter((name) => /^users-\d+\.ndjson\.gz$/.test(name));

    const manifest = await writeBackup(folder, backupParts());

    expect(partsBefore).toEqual(['users-00001.ndjson.gz', 'users-00002.ndjson.gz']);
    expect(manifest).toMatchObject({ v: 1, id: 'backup-1', tenantId: 'tenant-1', endedAt: sampleTime });
    const rows = await readRawTables(services[0] as LentTables);
    expect(
      manifest.tables.map(({ name, parts }) => [name, parts.reduce((sum, part) => sum + part.rows, 0)]),
    ).toEqual(tablesKept.map((name) => [name, rows[name]?.length ?? 0]));
  });

  it('is not overwritten', async () => {
    await expect(writeBackup(folder, backupParts())).rejects.toMatchObject({ code: 'backup/complete' });
  });
});

describe('a restore', () => {
  it('refuses another tenant’s backup, a newer format and an incomplete one', async () => {
    const path = join(folder, 'backup.json');
    const text = readFileSync(path, 'utf8');
    const manifest = JSON.parse(text) as Record<string, unknown>;
    const refusalOf = async (change: object, parts = {}) => {
      writeFileSync(path, JSON.stringify({ ...manifest, ...change }));
      const error = await restoreBackup(folder, { ...restoreParts(), ...parts }).catch(
        (thrown: unknown) => thrown,
      );
      writeFileSync(path, text);
      return (error as { code?: string }).code;
    };

    expect(await refusalOf({}, { tenantId: 'tenant-2' })).toBe('backup/other-tenant');
    expect(await refusalOf({ v: 2 })).toBe('backup/format');
    expect(await refusalOf({ endedAt: null })).toBe('backup/incomplete');
    await expect(restoreBackup(join(folder, 'none'), restoreParts())).rejects.toMatchObject({
      code: 'backup/none',
    });
  });

  it('pauses first, goes on where it was interrupted, and asks Graph for a user once', async () => {
    let writes = 0;
    const breaking = (name: string) => ({
      query: (filter: string) => target().table(name).query(filter),
      submit: async (actions: Parameters<TableAccess['submit']>[0]) => {
        if (name === 'users' && ++writes > 110) throw new Error('the line is cut');
        await target().table(name).submit(actions);
      },
    });
    await expect(restoreBackup(folder, { ...restoreParts(), table: breaking })).rejects.toThrow('cut');
    expect((await target().stores.control.pauses()).map(({ scope }) => scope).sort()).toEqual([
      'apply',
      'intake',
    ]);
    const askedBefore = asked.length;

    const report = await restoreBackup(folder, restoreParts());

    // The first portion of a hundred was whole: its users are not asked about again.
    expect(asked.length - askedBefore).toBe(users + 1 - 99);
    expect(report).toMatchObject({
      backup: 'backup-1',
      users: users + 2,
      ledger: { kept: users + 1, changed: 0, gone: 1 },
      unreadableUsers: 0,
      paused: ['intake', 'apply'],
    });
    expect(notClaimed).toContainEqual({ userId: userId(1), skuId: sku(2), why: 'gone' });
  });

  it('has brought back every row as it was, but for what a restore must change', async () => {
    const before = await readRawTables(services[0] as LentTables);
    const after = await readRawTables(services[1] as LentTables);

    for (const name of [
      'policies',
      'knowledge',
      'guards',
      'rolloutMembers',
      'waiting',
      'failures',
      'times',
      'samples',
      'setAside',
    ])
      expect([name, after[name] ?? []]).toEqual([name, before[name] ?? []]);
    const keys = (rows: typeof before, name: string) =>
      rows[name]?.map((row) => `${String(row['partitionKey'])} ${String(row['rowKey'])}`);
    expect(keys(after, 'users')).toEqual(
      keys(before, 'users')?.filter((key) => !key.endsWith(`ledger|${sku(2)}`)),
    );
    expect(Object.keys(after)).not.toContain('operations');
    const { stores } = target();
    expect((await stores.users.read(userId(100))).ledger).toEqual([ledgerEntry(sku(1))]);
    const entries: AuditEntry[] = [];
    for await (const entry of stores.audit.list()) entries.push(entry);
    const entry = entries.find(({ action }) => action === 'backup/restore');
    expect(entry).toMatchObject({ by: 'ann', why: 'a test' });
  });

  it('refuses a store that has rows, unless it is forced', async () => {
    await expect(restoreBackup(folder, restoreParts())).rejects.toMatchObject({ code: 'backup/not-empty' });

    const report = await restoreBackup(folder, { ...restoreParts(), force: true });

    expect(report.users).toBe(users + 2);
  });
});
