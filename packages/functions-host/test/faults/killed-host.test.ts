import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readJournal, startHostProcess, startTablesProcess, waitFor } from '../support/host-process';
import type { HostProcess, TablesProcess } from '../support/host-process';

let tables: TablesProcess;
const hosts: HostProcess[] = [];

async function startHost(settings: Record<string, string> = {}): Promise<HostProcess> {
  const host = await startHostProcess({
    FIXTURE_PARTS: 'timers',
    TICK_SCHEDULE: '* * * * * *',
    AzureWebJobsStorage: tables.connectionString,
    ...settings,
  });
  hosts.push(host);
  return host;
}

function whenTicked(host: HostProcess): Promise<true> {
  return waitFor(
    'a tick',
    async () => (await readJournal(host)).some((entry) => entry.function === 'tick') || undefined,
  );
}

beforeAll(async () => {
  tables = await startTablesProcess();
});

afterAll(async () => {
  await Promise.all(hosts.map((host) => host.process.stop()));
  await tables.stop();
});

it('a timer goes on in another host when its own is killed in the middle of a run', async () => {
  const a = await startHost({ TICK_MS: '60000' });
  await whenTicked(a);

  const b = await startHost();
  await a.process.kill('SIGKILL');

  expect(await whenTicked(b)).toBe(true);
});
