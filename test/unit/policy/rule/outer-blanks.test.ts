import { describe, expect, it } from '@jest/globals';
import { explainRule, renderExplanation } from '../../../../shared/policy/rule/evaluate/explain-rule';
import type { Explanation } from '../../../../shared/policy/rule/evaluate/explain-rule';
import { aUser, now, ruleOf } from '../../../support/fuzz/rule-user';

const explained = (rule: string, properties: Record<string, unknown>) =>
  explainRule(ruleOf(rule), aUser(properties), { now, absent: 'undecided' });
const partsOf = (one: Explanation): readonly Explanation[] => [one, ...one.parts.flatMap(partsOf)];
const saidOf = (rule: string, properties: Record<string, unknown>) =>
  partsOf(explained(rule, properties)).flatMap(({ because = '' }) =>
    because.includes('blank') ? [because] : [],
  );

describe('a blank around a value of the directory', () => {
  it.each<[string, Record<string, unknown>]>([
    ['user.department -eq "Sales"', { department: 'Sales ' }],
    ['user.department -eq "Sales"', { department: ' Sales' }],
    ['user.department -eq "Sales"', { department: 'Sales\t' }],
    ['user.department -eq "Sales"', { department: 'Sales\u00a0' }],
    ['user.department -ne "Sales"', { department: 'Sales ' }],
    ['user.department -in ["Legal", "Sales"]', { department: 'Legal ' }],
    ['user.department -notIn ["Legal", "Sales"]', { department: '  Legal' }],
    ['user.department -startsWith "Sal"', { department: ' Sales' }],
    ['user.jobTitle -endsWith "Engineer"', { jobTitle: 'Engineer ' }],
    ['user.department -match "^Sales$"', { department: 'Sales ' }],
    ['user.city -eq "Köln"', { city: 'Köln ' }],
    ['user.accountEnabled -eq true -and user.department -eq "Sales"', { department: 'Sales ' }],
    ['-not (user.department -eq "Sales")', { department: 'Sales ' }],
    [
      'user.extensionAttribute3 -eq "VIP"',
      { onPremisesExtensionAttributes: { extensionAttribute3: 'VIP ' } },
    ],
    ['user.department -eq "Sales "', { department: 'Sales ' }],
  ])('is named where it alone decides: %s of %j', (rule, properties) => {
    expect(saidOf(rule, properties)).toEqual(['it begins or ends with a blank, and that alone decides']);
    expect(renderExplanation(explained(rule, properties))).toContain('that alone decides');
  });

  it.each<[string, Record<string, unknown>]>([
    ['user.department -eq "Sales"', { department: 'Legal ' }],
    ['user.department -eq "Sales"', { department: 'Sales' }],
    ['user.department -contains "Sales"', { department: ' Sales West ' }],
    ['user.department -startsWith "Sales"', { department: 'Sales ' }],
    ['user.department -eq "Sales"', { department: null }],
  ])('is not named where it decides nothing: %s of %j', (rule, properties) => {
    expect(saidOf(rule, properties)).toEqual([]);
  });
});
