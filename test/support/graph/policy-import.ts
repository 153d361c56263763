import { afterEach, expect } from '@jest/globals';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import type { ImportedPolicy } from '../../../cli/commands/policy/import';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { callCli } from '../run-cli';
import { startRecordingProxy } from './recording-proxy';
import type { RecordingProxy } from './recording-proxy';

/** For a test file: `licenser policy import --target tenant` over generated tenants; each test's Graph is stopped after it. */
export function usePolicyImport() {
  const before = { ...process.env };
  let graph: EmbeddedGraph;
  let proxy: RecordingProxy;
  afterEach(async () => {
    process.env = { ...before };
    await proxy?.stop();
    await graph?.stop();
  });
  const look = async (tenant: readonly TenantLine[]) => {
    graph = await startEmbeddedGraph({ tenant });
    proxy = await startRecordingProxy(graph.origin);
    process.env['LICENSER_GRAPH_ORIGIN'] = proxy.origin;
    process.env['LICENSER_GRAPH_TOKEN'] = graph.token;
  };
  const importPolicy = async (tenant: readonly TenantLine[], ...more: string[]) => {
    await look(tenant);
    const { code, stdout, stderr } = await callCli([
      ...['policy', 'import', '--target', 'tenant', '--json'],
      ...more,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as ImportedPolicy;
  };
  return { look, importPolicy, asked: () => proxy.asked() };
}

/**
 * The draft is valid, leaves at least this share of those who hold a license as they are, and names each of the others.
 * @returns the names of those who hold a license
 */
export function expectFewChanges(
  tenant: readonly TenantLine[],
  { policy, users: licensed, unchanged, changed }: ImportedPolicy,
  share: number,
): ReadonlySet<string> {
  const holders = tenant
    .filter((line): line is Extract<TenantLine, { type: 'user' }> => line.type === 'user')
    .filter(({ licenseAssignmentStates = [] }) =>
      licenseAssignmentStates.some(({ error }) => error === null),
    );
  const names = new Set(holders.map(({ userPrincipalName }) => userPrincipalName));

  expect(loadPolicy(policy).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(licensed).toBe(holders.length);
  expect(unchanged / licensed).toBeGreaterThanOrEqual(share);
  expect(unchanged + changed.length).toBe(licensed);
  expect(changed.filter(({ user }) => !names.has(user))).toEqual([]);
  expect(changed.every(({ why }) => why.length > 0)).toBe(true);
  return names;
}
