import { afterEach, describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { ImportedPolicy } from '../../../cli/commands/policy/import';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { directTenant, groupBasedTenant, groupId, messyTenant } from '../../support/graph/licensed-tenants';
import { startRecordingProxy } from '../../support/graph/recording-proxy';
import type { RecordingProxy } from '../../support/graph/recording-proxy';
import { callCli } from '../../support/run-cli';

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

describe('a policy that is drafted from a tenant', () => {
  it.each([
    ['group-based licensing alone', groupBasedTenant(240), 0.99],
    ['licenses by hand, by department', directTenant(240), 0.95],
    ['groups, hands and habits', messyTenant(240), 0.9],
    ['the sample tenant', [...makeTenant({ users: 240, seed: 20160401 })], 0.9],
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

    expect(proxy.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('says of groups what they say: plans off, rules of dynamic ones, direct members where inner groups get nothing', async () => {
    const { policy: text } = await importPolicy(groupBasedTenant(240));
    const { policy } = loadPolicy(text);

    expect(policy?.mode).toBe('observe');
    expect(policy?.adopt).toEqual([]);
    const byName = new Map(policy?.rules.map((rule) => [rule.name, rule]));
    expect(byName.get('group-lic-e3')).toMatchObject({
      memberOf: ['LIC-E3'],
      assign: [{ sku: 'SPE_E3', plans: { kind: 'disable', plans: ['YAMMER_ENTERPRISE'] } }],
    });
    expect(byName.get('group-lic-ems-of-sales')?.when).toMatchObject({
      source: 'user.department -eq "Sales" -and user.accountEnabled -eq true',
    });
    expect(byName.get('group-lic-visio')?.when).toMatchObject({
      source: `user.memberOf -any (group.objectId -in ["${groupId(3)}"])`,
    });
  });

  it('finds the departments that licenses follow, with the plans that are off, and editions of a suite', async () => {
    const { policy: text, changed } = await importPolicy(directTenant(240));
    const { policy } = loadPolicy(text);
    const granted = policy?.rules.map(({ when, assign }) => [
      (when as { source?: string } | null)?.source,
      assign.map(({ sku, plans }) => [sku, plans.kind === 'disable' ? plans.plans : []]),
    ]);

    expect(granted).toContainEqual(['user.department -eq "Sales"', [['EMS', ['INTUNE_A']]]]);
    expect(granted).toContainEqual(['user.department -eq "Finance"', [['EMS', []]]]);
    expect(granted).toContainEqual(['user.department -in ["Finance", "Sales"]', [['STANDARDPACK', []]]]);
    expect(granted).toContainEqual(['user.department -eq "HR"', [['SPE_E3', ['SWAY']]]]);
    // An engineer with E5 holds better than the rule for E3 gives.
    expect(granted).toContainEqual(['user.department -eq "Engineering"', [['SPE_E3', []]]]);
    expect(policy?.exclusive.find((family) => family.includes('SPE_E5'))).toContain('SPE_E3');
    expect([...(policy?.adopt ?? [])].sort()).toEqual(['EMS', 'SPE_E3', 'SPE_F1', 'STANDARDPACK']);
    // Who has E5 follows nothing: they stay by hand, and are named.
    expect(text).toMatch(/^# SPE_E5: user\d+@contoso\.com/m);
    expect(text).toContain('By department: ');
    for (const { user } of changed.slice(0, 3)) expect(text).toContain(user);
  });

  it('says so when licenses follow nothing', async () => {
    await look(directTenant(4));
    const { code, stderr } = await callCli(['policy', 'import', '--target', 'tenant']);

    expect(code).toBe(2);
    expect(stderr).toContain('follows an attribute');
  });
});
