import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { keepRowsSorted, rowFileName } from '../../../../local/tables/sorted-store';

type Store = new (path: string, isInMemory: boolean) => { init(): Promise<void> };
const storeModule = 'azurite/dist/src/table/persistence/LokiTableMetadataStore.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sorted-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('says where kept tables cannot be taken up: a row of a table that was never made', async () => {
  const users = { account: 'local', table: 'users' };
  const row = { PartitionKey: 'u1', RowKey: 'state', properties: {}, lastModifiedTime: 'now', eTag: 'x' };
  const path = join(folder, rowFileName);
  const line = (...changes: readonly object[]) => `${JSON.stringify(changes)}\n`;
  appendFileSync(path, line({ ...users, isMade: true }, { ...users, row }));
  appendFileSync(path, line({ ...users, table: 'waiting', row }));
  keepRowsSorted(folder);
  const { default: LokiStore } = createRequire(__filename)(storeModule) as { default: Store };

  await expect(new LokiStore(join(folder, 'unused.json'), true).init()).rejects.toMatchObject({
    code: 'local/kept-damaged',
    message: expect.stringContaining(`${path}:2 does not fit what stands before it`) as unknown,
  });
});
