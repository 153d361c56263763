import { RestError, TableClient } from '@azure/data-tables';
import type { AzureNamedKeyCredential, TransactionAction } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { takePort } from '../../../packages/emulator-kit/src/free-port';
import { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import { seededRandom } from '../../../shared/kernel/random';
import { startAzurite } from '../../support/azurite';
import type { Azurite } from '../../support/azurite';
import { projectRoot } from '../../support/local-cloud';

const table = 'compared';
let azurite: Azurite;
let sorted: ManagedProcess;
let clients: readonly TableClient[];

beforeAll(async () => {
  azurite = await startAzurite();
  const port = await takePort(0);
  const { credential } = azurite;
  sorted = new ManagedProcess({
    name: 'tables',
    entry: join(projectRoot, 'dist', 'local', 'azurite-process.js'),
    args: () => ['--port', String(port)],
    env: () => ({ AZURITE_ACCOUNTS: `${credential.name}:${credential.key}` }),
    cwd: projectRoot,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  await sorted.start();
  const open = (url: string, by: AzureNamedKeyCredential) =>
    new TableClient(url, table, by, { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } });
  clients = [
    open(azurite.endpoint, credential),
    open(`http://127.0.0.1:${port}/${credential.name}`, credential),
  ];
  for (const client of clients) await client.createTable();
});
afterAll(async () => {
  await sorted.stop();
  await azurite.close();
});

type Row = { partitionKey: string; rowKey: string; value: string; more?: string };
type Step = (client: TableClient) => Promise<unknown>;

/** What a call comes to, without what every table service draws for itself. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return 'done';
  } catch (error) {
    return error instanceof RestError ? error.statusCode : String(error);
  }
}

async function rowsOf(client: TableClient, filter: string, pageSize: number): Promise<readonly string[]> {
  const rows: string[] = [];
  const pages = client.listEntities<Row>({ queryOptions: { filter } }).byPage({ maxPageSize: pageSize });
  for await (const page of pages) {
    for (const { partitionKey, rowKey, value, more } of page)
      rows.push([partitionKey, rowKey, value, more].join(' '));
    rows.push('end of page');
  }
  return rows;
}

const filters = [
  '',
  "PartitionKey eq 'b'",
  "PartitionKey eq 'b' and RowKey ge '2'",
  "PartitionKey gt 'a'",
  "PartitionKey ge 'b' and RowKey lt '3'",
  "PartitionKey gt 'a' and (RowKey eq '1' or RowKey eq '4')",
  "RowKey eq '2'",
  "PartitionKey eq 'a' or PartitionKey eq 'c'",
  "value eq 'v3' or value eq 'v5'",
  "not (PartitionKey eq 'b')",
];

describe('the tables of the embedded cloud', () => {
  it('answer as Azurite does, of which they replace the store', async () => {
    const random = seededRandom(5);
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
    const aRow = (): Row => ({
      partitionKey: pick(['a', 'b', 'c', 'd é']),
      rowKey: pick(['1', '2', '3', '4', '5']),
      value: `v${Math.floor(random() * 9)}`,
      ...(random() < 0.3 ? { more: 'more' } : {}),
    });
    const aStep = (): Step => {
      const row = aRow();
      const { partitionKey, rowKey } = row;
      const wrong = { etag: `W/"datetime'2020'"` };
      const steps: readonly Step[] = [
        (client) => client.createEntity(row),
        (client) => client.upsertEntity(row, 'Replace'),
        (client) => client.upsertEntity(row, 'Merge'),
        (client) => client.updateEntity(row, 'Replace'),
        (client) => client.updateEntity(row, 'Merge'),
        (client) => client.updateEntity(row, 'Replace', wrong),
        (client) => client.deleteEntity(partitionKey, rowKey),
        (client) => client.deleteEntity(partitionKey, rowKey, wrong),
        (client) => client.getEntity(partitionKey, rowKey),
      ];
      return random() < 0.3 ? aTransaction(row) : pick(steps);
    };
    const aTransaction = ({ partitionKey }: Row): Step => {
      const actions = ['1', '3', '5'].map((rowKey): TransactionAction => {
        const row = { ...aRow(), partitionKey, rowKey };
        return pick<TransactionAction>([
          ['create', row],
          ['upsert', row, 'Replace'],
          ['update', row, 'Merge'],
          ['delete', row],
        ]);
      });
      return (client) => client.submitTransaction(actions);
    };

    for (let round = 0; round < 8; round++) {
      for (let count = 0; count < 20; count++) {
        const step = aStep();
        const [expected, is] = await Promise.all(clients.map((client) => outcome(step(client))));
        expect(is).toEqual(expected);
      }
      for (const filter of filters) {
        const pageSize = pick([1, 3, 1_000]);
        const [expected, is] = await Promise.all(clients.map((client) => rowsOf(client, filter, pageSize)));
        expect({ filter, rows: is }).toEqual({ filter, rows: expected });
      }
    }
  });
});
