import { describe, expect, it } from '@jest/globals';
import { ruleOf } from '../../../support/fuzz/rule-user';

const warningOf = (rule: string) =>
  ruleOf(rule).warnings.find(({ code }) => code === 'rule/wildcard')?.message;

describe('a star in a text of a rule, which stands for itself', () => {
  it.each([
    ['user.userPrincipalName -eq "*@contoso.com"', '-endsWith "@contoso.com"'],
    ['user.department -eq "Sales*"', '-startsWith "Sales"'],
    ['user.city -eq "*burg*"', '-contains "burg"'],
    ['user.department -in ["Sales*", "Legal"]', '-startsWith "Sales"'],
    ['user.department -startsWith "Sales*"', '-startsWith "Sales"'],
    ['user.mail -endsWith "*.com"', '-endsWith ".com"'],
    ['user.department -ne "Sales*" -and user.department -ne null', '-startsWith "Sales"'],
  ])('%s: is warned of, with what to write', (rule, instead) => {
    expect(warningOf(rule)).toContain(`write ${instead}`);
  });

  it.each([
    'user.department -eq "Sales"',
    'user.department -eq "a*b"',
    'user.department -contains "*"',
    'user.department -match "Sales.*"',
  ])('%s: is not', (rule) => {
    expect(warningOf(rule)).toBeUndefined();
  });
});
