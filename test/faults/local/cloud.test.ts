import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloud } from '../../../local/cloud';
import type { CloudOptions, RunningCloud } from '../../../local/cloud';
import { cloudFilePath, readCloudFile } from '../../../local/cloud-file';
import type { LocalCloud } from '../../../local/cloud-file';
import { freePorts } from '../../../local/cloud-ports';
import { funcSettingsPath } from '../../../local/func-settings';
import { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import type { ProcessExit } from '../../../packages/emulator-kit/src/managed-process';
import { silentLogger } from '../../../shared/kernel/logger';
import { fixtureApp, waitFor } from '../../../packages/functions-host/test/support/host-process';
import { leaseLikeTheHost } from '../../support/clouds/blob-lease';
import { projectRoot } from '../../support/local-cloud';
import { anotherHost } from '../../support/clouds/another-host';

const exits: ProcessExit[] = [];
const settings = { FIXTURE_PARTS: 'timers', TICK_SCHEDULE: '* * * * * *' };

const options = (more: Partial<CloudOptions> = {}): CloudOptions => ({
  root: projectRoot,
  appRoot: fixtureApp,
  ports: freePorts,
  settings,
  log: silentLogger,
  onProcessExit: (exit) => exits.push(exit),
  ...more,
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const pidsOf = (file: LocalCloud) => [
  file.serviceBus.pid,
  file.graph.pid,
  file.tables.pid,
  ...file.functions.pids,
];

afterEach(() => {
  exits.length = 0;
});

describe('the embedded cloud', () => {
  let cloud: RunningCloud;

  beforeAll(async () => {
    cloud = await startCloud(options());
  });

  afterAll(async () => {
    await cloud?.stop();
  });

  it('is four processes, with a token from Graph through the managed identity', async () => {
    expect(new Set(pidsOf(cloud.file)).size).toBe(4);
    expect(pidsOf(cloud.file).every(isAlive)).toBe(true);

    const answer = await fetch(`${cloud.file.functions.origin}/api/token`);

    expect(await answer.json()).toMatchObject({ token: expect.any(String) });
  });

  it("gives the app its settings and nothing of the developer's environment", async () => {
    process.env['AZURE_CLIENT_SECRET'] = 'the-developers-own';
    await cloud.processes.functions.restart();

    const env = (await (await fetch(`${cloud.file.functions.origin}/api/environment`)).json()) as Record<
      string,
      string
    >;

    delete process.env['AZURE_CLIENT_SECRET'];
    expect(env).toMatchObject({
      ServiceBusConnection: cloud.file.serviceBus.connectionString,
      LICENSER_TENANT_ID: cloud.file.graph.tenantId,
      LICENSER_GRAPH_ORIGIN: cloud.file.graph.origin,
      LICENSER_TABLES_ENDPOINT: cloud.file.tables.endpoint,
      LICENSER_TABLES_KEY: cloud.file.tables.accountKey,
      LICENSER_CLIENT_STATE: cloud.file.functions.clientState,
      LICENSER_NOTIFICATION_URL: `${cloud.file.functions.origin}/api/graph-notification?code=${cloud.file.functions.functionKey}`,
      LICENSER_LANES: '32',
      LICENSER_QUOTA_SHARE: '0.8',
      TICK_SCHEDULE: '* * * * * *',
    });
    expect(Object.keys(env).filter((name) => /^(AZURE_|LOCAL_)/.test(name))).toEqual([]);
  });

  it.each(['serviceBus', 'graph', 'tables', 'functions'] as const)(
    'lets %s be killed and restarted alone, on its port',
    async (name) => {
      const before = cloud.file;
      const pid = cloud.processes[name].pid;

      await cloud.processes[name].kill();
      expect(isAlive(pid)).toBe(false);
      await cloud.processes[name].restart();

      const { serviceBus, graph, tables, functions } = cloud.file;
      expect(cloud.processes[name].pid).not.toBe(pid);
      expect([serviceBus.port, graph.origin, tables.endpoint, functions.origin]).toEqual([
        before.serviceBus.port,
        before.graph.origin,
        before.tables.endpoint,
        before.functions.origin,
      ]);
      expect((await fetch(`${functions.origin}/api/echo`)).status).toBe(201);
      expect(exits).toEqual([]);
    },
  );

  it('reports a process that dies by itself', async () => {
    const pid = cloud.processes.graph.pid;

    process.kill(pid, 'SIGKILL');

    const exit = await waitFor('the report', () => exits[0]);
    expect(exit).toEqual({ name: 'graph', pid, code: null, signal: 'SIGKILL' });
    await cloud.processes.graph.restart();
  });

  it('takes further functions hosts', async () => {
    const host = await cloud.addFunctionsHost();

    expect(host.origin).not.toBe(cloud.file.functions.origin);
    expect((await fetch(`${host.origin}/api/echo`)).status).toBe(201);
    expect(cloud.file.functions.pids).toContain(host.pid);
    await host.kill();
  });

  it('stops and leaves no process', async () => {
    const pids = pidsOf(cloud.file);

    await cloud.stop();

    expect(pids.filter(isAlive)).toEqual([]);
    expect(exits).toEqual([]);
  });
});

describe('a starter that is killed', () => {
  it('leaves no process', async () => {
    const starter = new ManagedProcess({
      name: 'starter',
      entry: join(projectRoot, 'test', 'support', 'clouds', 'cloud-starter.js'),
      args: () => [JSON.stringify({ root: projectRoot, appRoot: fixtureApp, settings })],
      env: () => ({ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }),
      cwd: projectRoot,
      onLine: () => undefined,
      onUnexpectedExit: () => undefined,
    });
    const { file } = await starter.start();
    const pids = pidsOf(file as LocalCloud);
    expect(pids.filter(isAlive)).toHaveLength(4);

    await starter.kill('SIGKILL');

    await waitFor('the end of all', () => (pids.some(isAlive) ? undefined : true));
  });
});

describe('a cloud that cannot start', () => {
  it('leaves no process and says why', async () => {
    const lines: string[] = [];

    const starting = startCloud(
      options({
        settings: { ...settings, TICK_SCHEDULE: 'never' },
        onLine: (_name, line) => lines.push(line),
      }),
    );

    await expect(starting).rejects.toThrow('"never" is not a schedule');
    expect(exits).toEqual([]);
  });
});

describe('a further host started by hand', () => {
  let root: string;

  beforeAll(() => {
    // A project's folder of its own, so that a cloud that runs in the real one is not touched.
    root = mkdtempSync(join(tmpdir(), 'licenser-root-'));
    for (const name of ['dist', 'local', 'node_modules'])
      symlinkSync(join(projectRoot, name), join(root, name));
    for (const name of ['package.json', 'host.json', 'functions', 'journal.js']) {
      symlinkSync(join(fixtureApp, name), join(root, name));
    }
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function manageHost(): ManagedProcess {
    return new ManagedProcess({
      name: 'functions',
      entry: join(projectRoot, 'dist', 'local', 'functions-host.js'),
      args: () => [],
      env: () => ({ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }),
      cwd: root,
      onLine: () => undefined,
      onUnexpectedExit: () => undefined,
    });
  }

  it('is refused while no cloud runs', async () => {
    await expect(manageHost().start()).rejects.toThrow('No embedded cloud is running here');
  });

  describe('while one runs', () => {
    let cloud: RunningCloud;
    beforeAll(async () => {
      cloud = await startCloud(options({ root, appRoot: root, writeFile: true, blobs: true }));
    });
    afterAll(() => cloud?.stop());

    it('joins it with its keys and settings', async () => {
      const host = manageHost();
      try {
        expect(statSync(cloudFilePath(root)).mode & 0o777).toBe(0o600);
        expect(readCloudFile(cloudFilePath(root))).toEqual(cloud.file);

        const { origin } = await host.start();

        const answer = await fetch(`${String(origin)}/api/guarded`, {
          headers: { 'x-functions-key': cloud.file.functions.functionKey },
        });
        expect(answer.status).toBe(200);
      } finally {
        await host.stop();
      }
    });

    it('leaves settings for Microsoft’s functions host: an identity, tables, blobs for its timer locks', async () => {
      const path = funcSettingsPath(root);
      const host = anotherHost(path, root);
      try {
        expect(statSync(path).mode & 0o777).toBe(0o600);
        const { origin } = await host.start();

        const answer = await fetch(`${String(origin)}/api/token`);
        expect(await answer.json()).toMatchObject({ token: expect.any(String) });
      } finally {
        await host.stop();
      }
      const { blobs, tables, managedIdentity } = cloud.file;
      const account = { tables, blobs: blobs ?? { pid: 0, endpoint: '' } };
      expect(await leaseLikeTheHost(account)).toEqual([201, 201, 201, 409]);
      const query = 'resource=https%3A%2F%2Fgraph.microsoft.com&api-version=2019-08-01';
      const withoutHeader = await fetch(`${managedIdentity?.endpoint ?? ''}?${query}`);
      expect(withoutHeader.status).toBe(401);
    });

    it('takes its files away when it ends', async () => {
      await cloud.stop();

      for (const path of [cloudFilePath(root), funcSettingsPath(root)]) expect(existsSync(path)).toBe(false);
    });
  });
});
