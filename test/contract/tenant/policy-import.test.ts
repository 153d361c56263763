import { describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { directTenant, groupBasedTenant, groupId, messyTenant } from '../../support/graph/licensed-tenants';
import { callCli } from '../../support/run-cli';
import { expectFewChanges, usePolicyImport } from '../../support/graph/policy-import';

const { look, importPolicy, asked } = usePolicyImport();

describe('a policy that is drafted from a tenant', () => {
  it.each([
    ['group-based licensing alone', groupBasedTenant(240), 0.99],
    ['licenses by hand, by department', directTenant(240), 0.95],
    ['groups, hands and habits', messyTenant(240), 0.9],
    ['the sample tenant', [...makeTenant({ users: 240, seed: 20160401 })], 0.9],
  ])('leaves nearly everyone as they are: %s', async (_name, tenant, share) => {
    const imported = await importPolicy(tenant);

    expectFewChanges(tenant, imported, share);

    expect(asked().filter(({ method }) => method !== 'GET')).toEqual([]);
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
