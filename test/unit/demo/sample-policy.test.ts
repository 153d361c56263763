import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { departments } from '@auto-licenser/graph-emulator/person';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { entitleByReference } from '../../../shared/policy/policy-tests/entitle-by-reference';
import { projectRoot } from '../../../local/project-root';

const { policy } = loadPolicy(readFileSync(join(projectRoot(), 'policy', 'sample-tenant.yaml'), 'utf8'));
const lines = [...makeTenant({ users: 1, seed: 1 })];
const exclusive = lines.flatMap((line) => (line.type === 'exclusive' ? [line.servicePlanIds] : []));
const plansOf = (sku: string) =>
  lines.flatMap((line) =>
    line.type === 'sku' && line.skuPartNumber === sku
      ? line.servicePlans.map(({ servicePlanId }) => servicePlanId)
      : [],
  );

const engineers = [{ id: null, displayName: 'SG-Engineering' }];
/** Everybody whom the sample tenant may have: each title of each department, engineers in their group and outside. */
const people = departments.flatMap(({ name: department, titles }) =>
  titles.flatMap((jobTitle) =>
    (department === 'Engineering' ? [[], engineers] : [[]]).map((memberOf) => ({
      department,
      jobTitle,
      userType: 'Member',
      accountEnabled: true,
      memberOf,
    })),
  ),
);
const skusOf = (user: (typeof people)[number]) => {
  if (policy === null) throw new Error('policy/sample-tenant.yaml is not valid');
  const context = { now: 0, absent: 'undecided' } as const;
  return entitleByReference(policy, user, context).map(({ sku }) => sku[0] ?? '');
};

describe('the policy of the sample tenant', () => {
  it('gives each of its rules to someone', () => {
    expect(new Set(people.flatMap(skusOf))).toEqual(
      new Set(['EMS', 'SPE_E5', 'SPE_E3', 'SPE_F1', 'PROJECTPROFESSIONAL']),
    );
  });

  it('gives no one two SKUs that cannot be held together, so who waits for a seat goes on waiting', () => {
    const meeting = people.filter((user) =>
      exclusive.some(
        (plans) => skusOf(user).filter((sku) => plansOf(sku).some((plan) => plans.includes(plan))).length > 1,
      ),
    );

    expect(meeting).toEqual([]);
  });
});
