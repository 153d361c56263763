import { describe, expect, it } from '@jest/globals';
import { wantedOf } from '../../../faults/script/policy-oracle';
import type { Facts } from '../../../faults/script/policy-oracle';
import { policyTextOf } from '../../../faults/script/policy-text';
import type { PolicyModel } from '../../../faults/script/tenant-model';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { drawPolicy } from '../../../faults/script/draw-policy';
import { makeDraw } from '../../../faults/script/draw';
import { seededRandom } from '../../../shared/kernel/random';

const policy: PolicyModel = {
  rules: [
    {
      name: 'sales',
      department: 'Sales',
      grants: [
        { sku: 'EMS', off: ['INTUNE_A'], fallback: [], priority: 0 },
        { sku: 'SPE_E3', off: [], fallback: [], priority: 0 },
      ],
      without: ['YAMMER_ENTERPRISE'],
    },
    {
      name: 'group',
      group: 'outer',
      grants: [
        { sku: 'SPE_E5', off: ['BI_AZURE_P2'], fallback: ['SPE_E3'], priority: 5 },
        { sku: 'EMS', off: [], fallback: [], priority: 0 },
      ],
      without: [],
    },
  ],
  isFamilyExclusive: true,
  isScoped: true,
  removal: '0d',
  guard: 2,
};
const sales: Facts = { isThere: true, isEnabled: true, department: 'Sales', groups: new Set() };

describe('what a policy says by its model', () => {
  it('joins the rules that match: a plan is on if one leaves it on, and the best of a family is held alone', () => {
    expect(wantedOf(policy, sales)).toEqual(
      new Map([
        ['EMS', { off: ['INTUNE_A', 'YAMMER_ENTERPRISE'], fallback: [] }],
        ['SPE_E3', { off: ['YAMMER_ENTERPRISE'], fallback: [] }],
      ]),
    );
    expect(wantedOf(policy, { ...sales, groups: new Set(['outer'] as const) })).toEqual(
      new Map([
        ['EMS', { off: ['YAMMER_ENTERPRISE'], fallback: [] }],
        ['SPE_E5', { off: ['BI_AZURE_P2', 'YAMMER_ENTERPRISE'], fallback: ['SPE_E3'] }],
      ]),
    );
  });

  it('lets what gives way to the best of a family stand in for it, as a fallback does', () => {
    const [first, second] = policy.rules;
    const bare = second?.grants.map((grant) => ({ ...grant, fallback: [] })) ?? [];
    const rules = [first, { ...second, grants: bare }] as PolicyModel['rules'];
    const both: Facts = { ...sales, groups: new Set(['outer'] as const) };
    expect(wantedOf({ ...policy, rules }, both).get('SPE_E5')?.fallback).toEqual(['SPE_E3']);
    expect(wantedOf({ ...policy, rules }, { ...both, department: 'Legal' }).get('SPE_E5')?.fallback).toEqual(
      [],
    );
  });

  it('gives nothing to who is disabled or gone', () => {
    expect(wantedOf(policy, { ...sales, isEnabled: false }).size).toBe(0);
    expect(wantedOf({ ...policy, isScoped: false }, { ...sales, isEnabled: false }).size).toBe(2);
    expect(wantedOf(policy, { ...sales, isThere: false }).size).toBe(0);
  });

  it('is a policy that the product takes, whatever is drawn', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const text = policyTextOf(drawPolicy(makeDraw(seededRandom(seed))));
      expect({
        text,
        problems: loadPolicy(text, { file: 'policy.yaml' }).problems.filter(
          ({ severity }) => severity === 'error',
        ),
      }).toEqual({ text, problems: [] });
    }
  });
});
