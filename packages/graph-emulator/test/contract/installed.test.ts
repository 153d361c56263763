import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManagedProcess } from '../../../emulator-kit/src/managed-process';
import { installPackage } from '../../../emulator-kit/test/support/install-package';
import type { InstalledPackage } from '../../../emulator-kit/test/support/install-package';
import { fetchToken } from '../support/embedded-graph';

let installed: InstalledPackage;
let emulator: ManagedProcess;
let facts: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  installed = installPackage('graph-emulator');
  emulator = new ManagedProcess({
    name: 'graph-emulator',
    entry: installed.bin,
    args: () => ['--port', '0'],
    env: () => ({ PATH: process.env['PATH'] ?? '' }),
    cwd: installed.folder,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  facts = await emulator.start();
});

afterAll(async () => {
  await emulator?.stop();
  installed?.remove();
});

describe('the packed emulator, installed into an empty folder', () => {
  it('has brought only itself and its own dependencies', () => {
    const modules = join(installed.folder, 'node_modules');

    expect(readdirSync(join(modules, '@auto-licenser'))).toEqual(['graph-emulator']);
    expect(readdirSync(join(modules, '@hono'))).toEqual(['node-server']);
    expect(readdirSync(modules).filter((name) => !/^[.@]/.test(name))).toEqual(['hono', 'zod']);
    const own = join(modules, '@auto-licenser', 'graph-emulator');
    expect(['LICENSE', 'README.md', 'dist'].filter((name) => existsSync(join(own, name)))).toHaveLength(3);
    expect(readdirSync(join(own, 'dist', 'graph-emulator'))).toEqual(['src']);
  });

  it('gives a token for its client, and the users of the sample tenant with it', async () => {
    const token = await fetchToken(
      { tokenUrl: String(facts['tokenUrl']) },
      String(facts['clientId']),
      String(facts['clientSecret']),
    );

    const answer = await fetch(`${String(facts['origin'])}/v1.0/users?$top=3&$count=true`, {
      headers: { authorization: `Bearer ${token}`, consistencylevel: 'eventual' },
    });

    const body = (await answer.json()) as { value: { id: string }[]; '@odata.count': number };
    expect(answer.status).toBe(200);
    expect(body.value).toHaveLength(3);
    expect(body['@odata.count']).toBe(300);
  });
});
