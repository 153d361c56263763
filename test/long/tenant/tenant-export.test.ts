import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { checkTenantFile } from '@auto-licenser/graph-emulator/check-tenant-file';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import type { ExportedTenant } from '../../../cli/commands/tenant/export';
import { packageBin } from '../../../local/package-bin';
import { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import { fetchToken } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { projectRoot } from '../../support/local-cloud';

const folder = mkdtempSync(join(tmpdir(), 'large-export-'));
const users = Number(process.env['LARGE_USERS'] ?? 100_000);
const groups = Math.round(users / 50);
/** Far below a gigabyte, the heap's share of it. */
const heapMb = 600;

const graph = new ManagedProcess({
  name: 'graph',
  entry: packageBin(projectRoot, '@auto-licenser/graph-emulator'),
  args: () => ['--port', '0', '--tenant', join(folder, 'tenant.ndjson'), '--quota-factor', '1000'],
  env: () => ({
    PATH: process.env['PATH'] ?? '',
    LOCAL_GRAPH_CLIENT_ID: 'large',
    LOCAL_GRAPH_CLIENT_SECRET: 'large-secret',
  }),
  cwd: projectRoot,
  startLimitMs: 600_000,
  onLine: () => undefined,
  onUnexpectedExit: () => undefined,
});

afterAll(async () => {
  await graph.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The sample's people, and groups of up to 400 of them beside the sample's. */
function writeTenant(): void {
  const lines = [...makeTenant({ users, seed: 8 })];
  const ids = lines.flatMap((line) => (line.type === 'user' ? [line.id] : []));
  const more = Array.from({ length: groups - 14 }, (_, number) => {
    const first = (number * 37) % (ids.length - 400);
    return {
      type: 'group',
      id: `30000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      displayName: `Team ${String(number)}`,
      securityEnabled: true,
      members: ids.slice(first, first + 1 + ((number * 7) % 400)),
    };
  });
  const text = [...lines, ...more].map((line) => JSON.stringify(line)).join('\n');
  writeFileSync(join(folder, 'tenant.ndjson'), `${text}\n`);
}

function runExport(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ExportedTenant> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${String(heapMb)}`, join(projectRoot, 'dist', 'cli', 'main.js'), ...args],
      {
        cwd: projectRoot,
        env: { PATH: process.env['PATH'] ?? '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString('utf8')));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString('utf8')));
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(stdout) as ExportedTenant);
      else reject(new Error(`The export ended with ${String(code)}: ${stderr}`));
    });
  });
}

describe('the export of a large tenant', () => {
  it('is streamed: with pseudonyms and a policy in 600 MB of heap, and the copy holds together', async () => {
    writeTenant();
    const facts = (await graph.start()) as { origin: string; tokenUrl: string };
    const token = await fetchToken(facts, 'large', 'large-secret');
    const file = join(folder, 'copy.ndjson.gz');
    const policy = join(projectRoot, 'policy', 'sample-tenant.yaml');

    const exported = await runExport(
      [
        ...[
          'tenant',
          'export',
          file,
          '--target',
          'tenant',
          '--json',
          '--pseudonyms',
          '--departments',
          'keep',
        ],
        ...['--policy', policy, '--policy-out', join(folder, 'copy.yaml')],
      ],
      { LICENSER_GRAPH_ORIGIN: facts.origin, LICENSER_GRAPH_TOKEN: token },
    );

    expect(exported).toMatchObject({ users, groups, otherMembers: 0, lostRules: { policy: [], groups: 0 } });
    expect(checkTenantFile(file)).toEqual({ users, groups });
  });
});
