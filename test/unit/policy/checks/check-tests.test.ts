import { describe, expect, it } from '@jest/globals';
import { checkPolicy } from '../../../../shared/policy/check-policy';

const skus = [
  {
    skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
    skuPartNumber: 'EMS',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    servicePlans: [
      {
        servicePlanId: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5',
        servicePlanName: 'INTUNE_A',
        appliesTo: 'User',
      },
      {
        servicePlanId: '41781fb2-bc02-4b7c-bd55-b576c07bb09d',
        servicePlanName: 'AAD_PREMIUM',
        appliesTo: 'User',
      },
    ],
  },
];

const policy = (user: string, expected: string) => `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
tests:
  - user: { ${user} }
    expect: { ${expected} }
`;

const found = (text: string) =>
  checkPolicy(text, { skus }).problems.map(({ severity, line, column, message, hint }) => ({
    severity,
    at: `${line}:${column}`,
    message,
    hint,
  }));

describe('the test cases that a policy carries', () => {
  it('are quiet when they name what rules read and the tenant has', () => {
    expect(
      found(policy('department: Sales, onPremisesExtensionAttributes: {}', 'EMS: { off: [INTUNE_A] }')),
    ).toEqual([]);
  });

  it('are warned about a property that no rule could read', () => {
    expect(found(policy('departmnt: Sales', 'EMS: null'))).toEqual([
      {
        severity: 'warning',
        at: '7:24',
        message: 'No rule can read a property departmnt: in this test it counts for nothing',
        hint: 'Did you mean department?',
      },
    ]);
  });

  it.each([
    ['a SKU', 'EMSX: null', 'The tenant has no SKU EMSX'],
    ['a plan', 'EMS: { off: [INTUNE_X] }', 'EMS has no plan INTUNE_X'],
  ])('are warned about %s that the tenant does not have', (_what, expected, message) => {
    expect(found(policy('department: Sales', expected))).toMatchObject([{ severity: 'error', message }]);
  });
});
