import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { directTenant, groupBasedTenant, messyTenant } from '../support/graph/licensed-tenants';
import { callCli } from '../support/run-cli';
import { expectFewChanges, usePolicyImport } from '../support/graph/policy-import';

const { importPolicy, asked } = usePolicyImport();

describe('a policy that is drafted from a larger tenant', () => {
  it.each([
    ['group-based licensing alone', groupBasedTenant(900), 0.99],
    ['licenses by hand, by department', directTenant(900), 0.95],
    ['groups, hands and habits', messyTenant(900), 0.9],
  ])('leaves nearly everyone as they are: %s', async (_name, tenant, share) => {
    const imported = await importPolicy(tenant);

    const names = expectFewChanges(tenant, imported, share);

    // By the plan itself, and by what the check of policies says of every name.
    const folder = mkdtempSync(join(tmpdir(), 'licenser-draft-'));
    const file = join(folder, 'draft.yaml');
    await callCli(['policy', 'import', '--target', 'tenant', '--out', file]);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(imported.policy);
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
      imported.changed.map(({ user }) => user).sort(),
    );
    expect(asked().filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});
