#!/usr/bin/env node
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { AzureNamedKeyCredential, TableServiceClient } from '@azure/data-tables';
import { announceReady, stopWithParent } from '../packages/emulator-kit/src/child-process';
import { answerWhenSaved } from './durable-tables';
import { queryByPartition } from './partition-queries';
import { beginWithRows } from './table-rows';

/**
 * Azurite's table service as a process of the embedded cloud. Azurite knows no IPC channel and would outlive a
 * parent that is killed; here its own entry point runs in a process that ends with its parent.
 *
 * Arguments: --port PORT [--location DIR] (a folder: rows outlive the process, also one that is killed;
 * without: in memory) [--rows FILE] (rows that are there from the start, see table-rows.ts).
 * Environment: AZURITE_ACCOUNTS=name:key, as Azurite reads it
 * (https://learn.microsoft.com/azure/storage/common/storage-use-azurite#custom-storage-accounts-and-keys).
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '10002' },
    location: { type: 'string' },
    rows: { type: 'string' },
  },
});
const { port, location, rows } = values;

async function whenServing(endpoint: string, credential: AzureNamedKeyCredential): Promise<void> {
  const client = new TableServiceClient(endpoint, credential, {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  for (;;) {
    try {
      await client.listTables().next();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const [name = '', key = ''] = (process.env['AZURITE_ACCOUNTS'] ?? '').split(/:(.*)/s);
const storage = location === undefined ? ['--inMemoryPersistence'] : ['--location', location];
process.argv = [
  ...process.argv.slice(0, 2),
  ...[
    '--tableHost',
    '127.0.0.1',
    '--tablePort',
    port,
    '--silent',
    '--skipApiVersionCheck',
    '--disableTelemetry',
  ],
  ...storage,
];

stopWithParent(async () => {
  if (location === undefined) return;
  // Azurite's own way to be told to write its rows and stop (its main.js); it gives no sign when it has.
  process.emit('message', 'shutdown', undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
});
if (location !== undefined) answerWhenSaved();
queryByPartition();
if (rows !== undefined) beginWithRows(rows, name);
createRequire(__filename)('azurite/dist/src/table/main.js');
void whenServing(`http://127.0.0.1:${port}/${name}`, new AzureNamedKeyCredential(name, key)).then(() =>
  announceReady({ port: Number(port) }),
);
