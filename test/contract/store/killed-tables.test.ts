import { AzureNamedKeyCredential, TableClient, odata } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePort } from '../../../packages/emulator-kit/src/free-port';
import { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import { projectRoot } from '../../support/local-cloud';
import { until } from '../../../packages/emulator-kit/test/support/until';

const credential = new AzureNamedKeyCredential('licenser', Buffer.from('any key').toString('base64'));

/** As Azure Tables, and other than plain Azurite: what was answered is there after any crash. */
describe('the embedded tables, killed', () => {
  let folder: string;
  let tables: ManagedProcess;
  let client: TableClient;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tables-'));
    const port = await takePort(0);
    tables = new ManagedProcess({
      name: 'tables',
      entry: join(projectRoot, 'dist', 'local', 'azurite-process.js'),
      args: () => ['--port', String(port), '--location', folder],
      env: () => ({ AZURITE_ACCOUNTS: `${credential.name}:${credential.key}` }),
      cwd: projectRoot,
      onLine: () => undefined,
      onUnexpectedExit: () => undefined,
    });
    await tables.start();
    client = new TableClient(`http://127.0.0.1:${port}/licenser`, 'rows', credential, {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 0 },
    });
    await client.createTable();
  });
  afterAll(async () => {
    await tables.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keep every row and transaction that was answered, and never half a transaction', async () => {
    const answered = new Map<string, string>();

    for (let round = 0; round < 3; round++) {
      let isKilled = false;
      const before = answered.get('a');
      const writer = async (name: string) => {
        for (let step = 0; !isKilled; step++) {
          const value = `${round}-${step}`;
          try {
            await client.submitTransaction([
              ['upsert', { partitionKey: name, rowKey: 'left', value }, 'Replace'],
              ['upsert', { partitionKey: name, rowKey: 'right', value }, 'Replace'],
            ]);
            answered.set(name, value);
          } catch (error) {
            if (!isKilled) throw error;
          }
        }
      };
      const writers = ['a', 'b', 'c', 'd', 'e', 'f'].map(writer);
      await until(() => answered.get('a') !== before, 120_000);
      isKilled = true;
      await tables.kill('SIGKILL');
      await Promise.all(writers);
      await tables.start();

      for (const [name, value] of answered) {
        const [left, right] = await Promise.all(
          ['left', 'right'].map(
            async (rowKey) => (await client.getEntity<{ value: string }>(name, rowKey)).value,
          ),
        );
        expect(right).toBe(left);
        // One more may be stored whose answer was lost, in each round since.
        const [ofRound = 0, step = 0] = value.split('-').map(Number);
        const unanswered = [0, 1, 2].filter((later) => later > ofRound && later <= round);
        expect([value, `${ofRound}-${step + 1}`, ...unanswered.map((later) => `${later}-0`)]).toContain(left);
      }
    }
  }, 600_000);

  it('keep what was deleted away, and nothing of a transaction that was refused', async () => {
    const row = (rowKey: string, value = 'first') => ({ partitionKey: 'kept', rowKey, value });
    for (const rowKey of ['1', '2', '3']) await client.createEntity(row(rowKey));
    await client.deleteEntity('kept', '1');
    const refused = client.submitTransaction([
      ['create', row('4')],
      ['update', row('2', 'second'), 'Replace'],
      ['create', row('3')],
    ]);
    await expect(refused).rejects.toMatchObject({ statusCode: 409 });
    await client.updateEntity(row('3', 'merged'), 'Merge');
    const gone = new TableClient(client.url, 'dropped', credential, { allowInsecureConnection: true });
    await gone.createTable();
    await gone.createEntity(row('1'));
    await gone.deleteTable();

    await tables.kill('SIGKILL');
    await tables.start();

    const rows: string[] = [];
    const filter = odata`PartitionKey eq 'kept'`;
    for await (const one of client.listEntities<{ value: string }>({ queryOptions: { filter } }))
      rows.push(`${one.rowKey ?? ''} ${one.value}`);
    expect(rows).toEqual(['2 first', '3 merged']);
    await expect(gone.createEntity(row('1'))).rejects.toMatchObject({ statusCode: 404 });
  });
});
