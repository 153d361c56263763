import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManagedProcess } from '../../../kit/src/managed-process';
import { unpackPackage } from '../../../kit/test/support/install-package';
import type { InstalledPackage } from '../../../kit/test/support/install-package';
import { fixtureApp } from '../support/host-process';

let installed: InstalledPackage;
let host: ManagedProcess;
let origin: string;

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
  host = new ManagedProcess({
    name: 'functions-host',
    entry: installed.bin,
    args: () => ['--port', '0', '--app-root', app],
    env: () => ({ PATH: process.env['PATH'] ?? '' }),
    cwd: installed.folder,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  origin = String((await host.start())['origin']);
}, 120_000);

afterAll(async () => {
  await host?.stop();
  installed?.remove();
});

describe('the packed host, with nothing beside it but what it declares', () => {
  it('runs the functions of an app that lives elsewhere', async () => {
    const answer = await fetch(`${origin}/api/journal`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual([]);
    const own = join(dirname(dirname(dirname(installed.bin))));
    expect(readdirSync(join(own, 'functions-host'))).toEqual(['src']);
  });
});
