import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkTenantFile } from '@auto-licenser/graph-emulator/check-tenant-file';
import type { ExportedTenant } from '../../../cli/commands/tenant/export';
import { packageBin } from '../../../local/package-bin';
import { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import { fetchToken } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { Rehearsal } from '../../../rehearsal/rehearse';
import type { PreviewView } from '../../../shared/ops/preview/preview-view';
import { writeLargeTenant } from '../../support/graph/large-tenant';
import { startRecordingProxy } from '../../support/graph/recording-proxy';
import type { RecordingProxy } from '../../support/graph/recording-proxy';
import { projectRoot } from '../../support/local-cloud';
import { runMeasured } from '../../support/measuring/run-measured';
import type { MeasuredRun } from '../../support/measuring/run-measured';

/**
 * What is promised of a tenant of 100,000 users and 2,000 groups, each command as a process of its own. Graph's quotas are
 * the usual ones. Figures are printed; memory is judged, time is not: it is the machine's.
 */
const users = Number(process.env['LARGE_USERS'] ?? 100_000);
const groups = Math.max(20, Math.round(users / 50));
const mostMebibytes = 1_000;
/** A rehearsal has the tenant, the tables and the queues in its own memory. */
const mostRehearsedMebibytes = 2_500;
/** Rehearsing is most of the time of this file. */
const days = Number(process.env['LARGE_DAYS'] ?? 1);

const folder = mkdtempSync(join(tmpdir(), 'large-tenant-'));
const policy = join(projectRoot, 'policy', 'sample-tenant.yaml');
const [copy, copyPolicy] = [join(folder, 'copy.ndjson.gz'), join(folder, 'copy.yaml')];
const graph = new ManagedProcess({
  name: 'graph',
  entry: packageBin(projectRoot, '@auto-licenser/graph-emulator'),
  args: () => ['--port', '0', '--tenant', join(folder, 'tenant.ndjson')],
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
let proxy: RecordingProxy;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  writeLargeTenant(join(folder, 'tenant.ndjson'), { users, groups });
  const facts = (await graph.start()) as { origin: string; tokenUrl: string };
  proxy = await startRecordingProxy(facts.origin);
  const token = await fetchToken(facts, 'large', 'large-secret');
  env = { LICENSER_GRAPH_ORIGIN: proxy.origin, LICENSER_GRAPH_TOKEN: token };
}, 900_000);
beforeEach(() => {
  proxy.requests.length = 0;
  proxy.refuse = () => undefined;
});
afterAll(async () => {
  await proxy?.stop();
  await graph.stop();
  rmSync(folder, { recursive: true, force: true });
});

const planArgs = ['plan', '--target', 'tenant', '--policy', policy, '--json'];
const isPage = (path: string) => path.startsWith('/users?') && !path.startsWith('/users?$count');

/** Prints the figures and judges memory; what it printed as JSON. */
function judged<Printed>(
  name: string,
  { code, stdout, stderr, use }: MeasuredRun,
  most = mostMebibytes,
): Printed {
  const figures = { users, groups, requests: proxy.requests.length, ...use };
  process.stderr.write(`${name}: ${JSON.stringify(figures)}\n`);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(use?.peakMebibytes).toBeLessThan(most);
  return JSON.parse(stdout) as Printed;
}

describe('a large tenant', () => {
  it('is planned within 1 GB', async () => {
    const view = judged<PreviewView>('plan', await runMeasured([...planArgs, '--fresh'], env));

    expect(view.users).toBe(users);
    expect(Object.values(view.outcomes).reduce((sum, count) => sum + count, 0)).toBe(users);
  });

  it('is planned by a command that goes on where a killed one was, and reads no page twice', async () => {
    const pages = Math.ceil(users / 999);
    // The second page at the earliest: nothing is kept before the first one is there.
    const killAt = Math.max(2, Math.ceil(pages / 2));
    let kill: () => void = () => undefined;
    proxy.refuse = ({ path }) => {
      if (isPage(path) && proxy.asked().filter((one) => isPage(one.path)).length === killAt) kill();
      return undefined;
    };
    const killed = await runMeasured([...planArgs, '--fresh'], env, (end) => (kill = end));
    proxy.refuse = () => undefined;
    const resumed = await runMeasured(planArgs, env);

    expect(killed.code).toBeNull();
    expect(resumed.stderr).toContain('Going on with what an interrupted plan has read');
    const view = judged<PreviewView>('resumed plan', resumed);
    expect(view.users).toBe(users);
    const asked = proxy
      .asked()
      .map(({ path }) => path)
      .filter(isPage);
    // The page that was under way when the process was killed is asked for again.
    expect(asked).toHaveLength(pages + 1);
    expect(new Set(asked).size).toBe(pages);
  });

  it('is exported with pseudonyms and a policy within 1 GB, and the copy holds together', async () => {
    const args = ['tenant', 'export', copy, '--target', 'tenant', '--json', '--pseudonyms'];
    const more = ['--departments', 'keep', '--policy', policy, '--policy-out', copyPolicy];
    const exported = judged<ExportedTenant>('export', await runMeasured([...args, ...more], env));

    expect(exported).toMatchObject({ users, groups, otherMembers: 0, lostRules: { policy: [], groups: 0 } });
    expect(checkTenantFile(copy)).toEqual({ users, groups });
  });

  it('is rehearsed on that copy within 2.5 GB, and no user is lost', async () => {
    const args = ['rehearse', copy, '--policy', copyPolicy, '--days', String(days), '--json'];
    const done = judged<Rehearsal>('rehearsal', await runMeasured(args), mostRehearsedMebibytes);

    expect(done).toMatchObject({ lost: 0, failed: 0 });
    expect(done.users).toBe(users + days * done.people.joiners);
    expect(done.licensed).toBeGreaterThan(users / 2);
    expect(done.timeToLicensedMs.max).toBeGreaterThan(0);
  }, 3_600_000);
});
