#!/usr/bin/env node
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { AzureNamedKeyCredential, TableServiceClient } from '@azure/data-tables';
import { announceReady, stopWithParent } from '../packages/emulator-kit/src/child-process';
import { answerWhenSaved } from './tables/answer-when-saved';
import { keepRowsSorted } from './tables/sorted-store';
import { beginWithRows } from './tables/table-rows';

/**
 * Azurite's table service, or its blob service, as a process of the embedded cloud. Azurite knows no IPC channel and
 * would outlive a parent that is killed; here its own entry point runs in a process that ends with its parent.
 *
 * Arguments: --port PORT [--service table|blob] [--location DIR] (a folder, for tables: rows outlive the process, also
 * one that is killed; without: in memory) [--rows FILE] (rows that are there from the start, see tables/table-rows.ts;
 * in memory).
 * Environment: AZURITE_ACCOUNTS=name:key, as Azurite reads it
 * (https://learn.microsoft.com/azure/storage/common/storage-use-azurite#custom-storage-accounts-and-keys).
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '10002' },
    service: { type: 'string', default: 'table' },
    location: { type: 'string' },
    rows: { type: 'string' },
  },
});
const { port, location, rows } = values;
const isBlob = values.service === 'blob';

/** Resolves when `ask` gets its answer; it is asked every 50 ms until then. */
async function whenServing(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await ask();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function askTables(endpoint: string, credential: AzureNamedKeyCredential): Promise<void> {
  const client = new TableServiceClient(endpoint, credential, {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  await client.listTables().next();
}

/** Without a key the answer is a refusal: it tells that blobs are served. */
async function askBlobs(endpoint: string): Promise<void> {
  await (await fetch(endpoint, { signal: AbortSignal.timeout(1_000) })).arrayBuffer();
}

const [name = '', key = ''] = (process.env['AZURITE_ACCOUNTS'] ?? '').split(/:(.*)/s);
process.argv = [
  ...process.argv.slice(0, 2),
  ...[
    `--${values.service}Host`,
    '127.0.0.1',
    `--${values.service}Port`,
    port,
    '--silent',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--inMemoryPersistence',
  ],
];

// What was answered is in the file already.
stopWithParent(async () => undefined);
if (isBlob) {
  createRequire(__filename)('azurite/dist/src/blob/main.js');
} else {
  if (rows !== undefined && location !== undefined)
    throw new Error('--rows are in memory: without --location');
  const saved = keepRowsSorted(location);
  if (location !== undefined) answerWhenSaved(saved);
  if (rows !== undefined) beginWithRows(rows, name);
  createRequire(__filename)('azurite/dist/src/table/main.js');
}
const endpoint = `http://127.0.0.1:${port}/${name}`;
const credential = new AzureNamedKeyCredential(name, key);
void whenServing(() => (isBlob ? askBlobs(endpoint) : askTables(endpoint, credential))).then(() =>
  announceReady({ port: Number(port) }),
);
