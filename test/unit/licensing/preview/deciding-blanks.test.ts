import { describe, expect, it } from '@jest/globals';
import { renderPlan } from '../../../../cli/render/render-plan';
import { decidingBlanks } from '../../../../shared/licensing/preview/deciding-blanks';
import { UserPreviewer, keepLines } from '../../../../shared/licensing/preview/preview-users';
import { toPreviewView } from '../../../../shared/ops/preview/preview-view';
import { readMembershipRule } from '../../../../shared/policy/rule/membership-rule';
import { userId } from '../../../support/user-states';
import { aGrant, aPolicy, aRule, anInput, salesperson, tenant } from '../support/tenant';

const conditionOf = (text: string) => {
  const reading = readMembershipRule(text);
  if (!reading.valid) throw reading.error;
  return reading.rule;
};
const policyOf = (...rules: string[]) =>
  aPolicy({
    rules: rules.map((rule, number) =>
      aRule(`rule ${String(number)}`, { when: conditionOf(rule), assign: [aGrant('EMS')] }),
    ),
  });
const inputOf = (policy: ReturnType<typeof policyOf>, properties: Record<string, unknown>) =>
  anInput({ policy, properties: { ...salesperson, ...properties } });
const sales = 'user.department -eq "Sales"';

describe('a blank around a property that alone decides', () => {
  it.each<[string, string, Record<string, unknown>, readonly string[]]>([
    ['behind', sales, { department: 'Sales ' }, ['department']],
    ['before', sales, { department: ' Sales' }, ['department']],
    ['a tab', sales, { department: 'Sales\t' }, ['department']],
    ['with -ne', 'user.department -ne "Sales"', { department: 'Sales ' }, ['department']],
    ['in a list', 'user.department -in ["Sales", "Legal"]', { department: 'Legal ' }, ['department']],
    [
      'in an extension attribute',
      'user.extensionAttribute3 -eq "VIP"',
      { onPremisesExtensionAttributes: { extensionAttribute3: 'VIP ' } },
      ['onPremisesExtensionAttributes'],
    ],
    [
      'in two properties',
      'user.department -eq "Sales" -or user.city -eq "Oslo"',
      { department: 'Sales ', city: 'Oslo ' },
      ['city', 'department'],
    ],
  ])('is found: %s', (_what, rule, properties, found) => {
    expect(decidingBlanks(inputOf(policyOf(rule), properties))).toEqual(found);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['there is none', sales, { department: 'Sales' }],
    ['another department is meant all the same', sales, { department: 'Legal ' }],
    ['no rule looks at it', sales, { jobTitle: 'Engineer ' }],
    ['the rule looks for a part', 'user.department -contains "Sales"', { department: ' Sales ' }],
    ['the blank is within', sales, { department: 'Sales West' }],
    [
      'another condition decides',
      `${sales} -and user.city -eq "Oslo"`,
      { department: 'Sales ', city: 'Rome' },
    ],
  ])('is none where %s', (_what, rule, properties) => {
    expect(decidingBlanks(inputOf(policyOf(rule), properties))).toEqual([]);
  });

  it('is found in the scope, too', () => {
    const policy = { ...policyOf(sales), scope: conditionOf('user.companyName -eq "Contoso"') };

    expect(decidingBlanks(inputOf(policy, { companyName: 'Contoso ' }))).toEqual(['companyName']);
  });

  it('is counted by plan, by property', () => {
    const policy = policyOf(sales, 'user.city -eq "Oslo"');
    const kept = keepLines();
    const previewer = new UserPreviewer(policy, tenant, kept);
    const people = [
      { department: 'Sales ' },
      { department: ' Sales', city: 'Oslo ' },
      { department: 'Legal ' },
      { department: 'Sales' },
    ];
    for (const [number, properties] of people.entries()) {
      const user = { id: userId(number), userPrincipalName: null };
      previewer.add({ user, input: inputOf(policy, properties), since: 0 });
    }
    const preview = kept.whole(previewer.finish());
    const more = { unknown: [], unreadable: [], policies: new Map(), approval: [] };

    const view = toPreviewView(preview, { policy, catalogue: tenant }, more);

    expect(view.decidingBlanks).toEqual({ department: 2, city: 1 });
    expect(renderPlan(view, 10)).toContain('2 users have a blank before or after department');
    expect(renderPlan(view, 10)).toContain('1 user has a blank before or after city');
  });
});
