import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { startEmbeddedGraph } from '../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../packages/graph-emulator/test/support/embedded-graph';
import type { ImportedPolicy } from '../../cli/commands/policy/import';
import { loadPolicy } from '../../shared/policy/file/load-policy';
import { directTenant, groupBasedTenant, messyTenant } from '../support/graph/licensed-tenants';
import { startRecordingProxy } from '../support/graph/recording-proxy';
import type { RecordingProxy } from '../support/graph/recording-proxy';
import { callCli } from '../support/run-cli';

const before = { ...process.env };
let graph: EmbeddedGraph;
let proxy: RecordingProxy;

const look = async (tenant: readonly TenantLine[]) => {
  graph = await startEmbeddedGraph({ tenant });
  proxy = await startRecordingProxy(graph.origin);
  process.env['LICENSER_GRAPH_ORIGIN'] = proxy.origin;
  process.env['LICENSER_GRAPH_TOKEN'] = graph.token;
};
const importPolicy = async (tenant: readonly TenantLine[], ...more: string[]) => {
  await look(tenant);
  const { code, stdout, stderr } = await callCli([
    'policy',
    'import',
    '--target',
    'tenant',
    '--json',
    ...more,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as ImportedPolicy;
};

afterEach(async () => {
  process.env = { ...before };
  await proxy?.stop();
  await graph?.stop();
});

const users = (lines: readonly TenantLine[]) =>
  lines.filter((line): line is Extract<TenantLine, { type: 'user' }> => line.type === 'user');

describe('a policy that is drafted from a larger tenant', () => {
  it.each([
    ['group-based licensing alone', groupBasedTenant(900), 0.99],
    ['licenses by hand, by department', directTenant(900), 0.95],
    ['groups, hands and habits', messyTenant(900), 0.9],
  ])('leaves nearly everyone as they are: %s', async (_name, tenant, share) => {
    const { policy, users: licensed, unchanged, changed } = await importPolicy(tenant);
    const holders = users(tenant).filter(({ licenseAssignmentStates = [] }) =>
      licenseAssignmentStates.some(({ error }) => error === null),
    );
    const names = new Set(holders.map(({ userPrincipalName }) => userPrincipalName));

    expect(loadPolicy(policy).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(licensed).toBe(holders.length);
    expect(unchanged / licensed).toBeGreaterThanOrEqual(share);
    expect(unchanged + changed.length).toBe(licensed);
    expect(changed.filter(({ user }) => !names.has(user))).toEqual([]);
    expect(changed.every(({ why }) => why.length > 0)).toBe(true);

    // By the plan itself, and by what the check of policies says of every name.
    const folder = mkdtempSync(join(tmpdir(), 'licenser-draft-'));
    const file = join(folder, 'draft.yaml');
    await callCli(['policy', 'import', '--target', 'tenant', '--out', file]);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(policy);
    expect((await callCli(['policy', 'check', file, '--target', 'tenant'])).code).toBe(0);
    const plan = JSON.parse(
      (await callCli(['plan', '--target', 'tenant', '--policy', file, '--json'])).stdout,
    ) as {
      lines: { userPrincipalName: string; gains: string[]; loses: string[]; plansOn: []; plansOff: [] }[];
    };
    const touched = plan.lines.filter(
      ({ userPrincipalName, gains, loses, plansOn, plansOff }) =>
        names.has(userPrincipalName) && gains.length + loses.length + plansOn.length + plansOff.length > 0,
    );
    rmSync(folder, { recursive: true });
    expect(touched.map(({ userPrincipalName }) => userPrincipalName).sort()).toEqual(
      changed.map(({ user }) => user).sort(),
    );
    expect(proxy.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});
