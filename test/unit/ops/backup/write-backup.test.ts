import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { readPart } from '../../../../shared/ops/backup/backup-folder';
import type { BackupRow } from '../../../../shared/ops/backup/backup-format';
import { writeBackup } from '../../../../shared/ops/backup/write-backup';
import type { Row } from '../../../../shared/store/tables/table-access';

const folder = mkdtempSync(join(tmpdir(), 'write-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a backup that was interrupted reads no table again that is whole', async () => {
  const own = mkdtempSync(join(tmpdir(), 'write-backup-'));
  const read: string[] = [];
  const parts = (failing: string | null) => ({
    table: (name: string) => ({
      async *query() {
        read.push(name);
        if (name === failing) throw new Error('The tables are away');
        yield { partitionKey: name, rowKey: 'r', etag: 'e', json: '{}' } as unknown as Row;
      },
    }),
    ...{ tenantId: 't', newId: () => 'b', now: () => 1 },
  });
  try {
    const begun = await writeBackup(own, parts('users')).catch((error: unknown) => error);
    expect(begun).toMatchObject({ message: 'The tables are away' });
    const whole = read.filter((name) => name !== 'users');
    expect(whole.length).toBeGreaterThan(0);
    read.length = 0;

    const { tables, endedAt } = await writeBackup(own, parts(null));

    expect(endedAt).toBe(1);
    expect(read.filter((name) => whole.includes(name))).toEqual([]);
    expect(read).toContain('users');
    expect(tables.every(({ parts: files }) => files.length === 1)).toBe(true);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});

it('a row that was changed by hand, with types that the product never writes, stops no backup', async () => {
  const odd = {
    ...{ partitionKey: 'p', rowKey: 'r', etag: 'e', json: '{}' },
    ...{ big: 12n, when: new Date(0), id: { type: 'Guid', value: 'x' } },
  };
  const table = (name: string) => ({
    async *query() {
      if (name === 'users') yield odd as unknown as Row;
    },
  });

  const manifest = await writeBackup(folder, { table, tenantId: 't', newId: () => 'b', now: () => 1 });

  const rows: BackupRow[] = [];
  for await (const row of readPart(folder, 'users-00001.ndjson.gz')) rows.push(row);
  expect(manifest.endedAt).toBe(1);
  expect(rows).toEqual([
    {
      ...{ pk: 'p', rk: 'r' },
      p: { json: '{}', big: '12', when: '1970-01-01T00:00:00.000Z', id: '{"type":"Guid","value":"x"}' },
    },
  ]);
});
