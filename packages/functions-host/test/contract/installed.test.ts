import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManagedProcess } from '../../../emulator-kit/src/managed-process';
import { unpackPackage } from '../../../emulator-kit/test/support/install-package';
import type { InstalledPackage } from '../../../emulator-kit/test/support/install-package';
import { fixtureApp } from '../support/host-process';

let installed: InstalledPackage;
let host: ManagedProcess;
let origin: string;
let functions: readonly string[];

beforeAll(async () => {
  installed = unpackPackage('functions-host');
  // An app of another project, with modules of its own.
  const app = join(installed.folder, 'app');
  cpSync(fixtureApp, app, { recursive: true });
  for (const name of ['@azure/functions', '@azure/identity']) {
    const link = join(app, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(dirname(require.resolve(`${name}/package.json`)), link);
  }
  const settings = join(installed.folder, 'local.settings.json');
  const Values = { FIXTURE_PARTS: 'timers', TICK_SCHEDULE: '61 * * * * *' };
  writeFileSync(settings, JSON.stringify({ IsEncrypted: false, Values }));
  host = new ManagedProcess({
    name: 'functions-host',
    entry: installed.bin,
    args: () => ['--port', '0', '--app-root', app, '--settings', settings],
    // The environment wins over the file: with the file's own schedule the host would not start.
    env: () => ({
      PATH: process.env['PATH'] ?? '',
      TICK_SCHEDULE: '0 0 0 1 1 *',
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    }),
    cwd: installed.folder,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  const facts = await host.start();
  origin = String(facts['origin']);
  functions = facts['functions'] as string[];
});

afterAll(async () => {
  await host?.stop();
  installed?.remove();
});

describe('the packed host, with nothing beside it but what it declares', () => {
  it('runs the functions of an app that lives elsewhere', async () => {
    const answer = await fetch(`${origin}/api/journal`);

    expect(answer.status).toBe(200);
    expect(Array.isArray(await answer.json())).toBe(true);
    // Only FIXTURE_PARTS of the settings file has the app register its timers.
    expect(functions).toContain('tick');
    const own = join(dirname(dirname(dirname(installed.bin))));
    expect(readdirSync(join(own, 'functions-host'))).toEqual(['src']);
  });
});
