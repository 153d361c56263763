import { describe, expect, it } from '@jest/globals';
import { checkPolicy } from '../../../shared/policy/check-policy';
import { codesOf, policyOf, rule, skus } from './support/small-tenant';

describe('a name and a GUID of one SKU or plan', () => {
  const [emsId, intuneId] = ['efccb6f7-5641-4e0e-bd10-b4976e1bf68e', 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5'];

  it.each([
    [
      'stand twice in one exclusive group',
      policyOf(rule('a', null, 'assign: [{ sku: EMS }]'), `exclusive: [[EMS, ${emsId}]]`),
      'policy/exclusive-twice',
    ],
    [
      'are one SKU to a rule that adds nothing',
      policyOf(
        [
          rule('a', null, 'assign: [{ sku: EMS, disable: [INTUNE_A] }]'),
          rule('b', 'user.city -eq "x"', `assign: [{ sku: ${emsId}, disable: [${intuneId}] }]`),
        ].join('\n'),
      ),
      'policy/shadowed',
    ],
    [
      'exclude each other in one rule',
      policyOf(rule('a', null, `assign: [{ sku: SPE_E5 }, { sku: ${emsId} }]`), 'exclusive: [[SPE_E5, EMS]]'),
      'policy/exclusive-in-one-rule',
    ],
  ])('%s, once the catalogue is known', (_, text, code) => {
    expect(codesOf(text, { skus })).toContain(code);
    expect(codesOf(text)).not.toContain(code);
  });
});

describe('a whole policy', () => {
  const ems = 'assign: [{ sku: EMS }]';

  it.each([
    ['user.department -eq "A" -and user.department -eq "B"'],
    ['user.department -in ["A", "B"] -and user.department -eq "c"'],
    ['user.department -eq null -and user.department -startsWith "A"'],
    ['user.department -eq "Sales" -and -not (user.department -contains "ale")'],
    ['user.accountEnabled -eq true -and user.accountEnabled -ne true'],
    ['(user.city -eq "x" -or user.city -eq "y") -and user.city -notIn ["X", "Y"]'],
    ['user.employeeHireDate -ge 2026-02-01T00:00:00Z -and user.employeeHireDate -le 2026-01-01T00:00:00Z'],
    ['user.employeeHireDate -eq null -and user.employeeHireDate -ge system.now'],
  ])('finds that %s never matches', (when) => {
    expect(codesOf(policyOf(rule('a', when, ems)))).toEqual(['policy/never-matches']);
  });

  it.each([
    ['user.department -eq "A" -or user.department -eq "B"'],
    ['user.department -startsWith "A" -and user.department -endsWith "Z"'],
    ['user.department -ne "A" -and user.department -ne "B"'],
    ['user.department -notContains "x" -and user.department -eq null'],
    ['user.otherMails -any (_ -eq "a") -and user.otherMails -any (_ -eq "b")'],
    ['user.department -match "^A" -and user.department -eq "abc"'],
    ['user.department -eq "" -and user.department -eq null'],
    ['user.city -eq "Oslo" -and user.city -match "(?-i)Os"'],
    ['user.employeeHireDate -ge 2026-01-01T00:00:00Z -and user.employeeHireDate -le 2026-01-01T00:00:00Z'],
    ['user.employeeHireDate -ge 2027-01-01T00:00:00Z -and user.employeeHireDate -le (system.now -plus P1D)'],
  ])('does not say so of %s', (when) => {
    expect(codesOf(policyOf(rule('a', when, ems)))).toEqual([]);
  });

  it('looks at the whole although a rule is wrong, leaving out what compares rules', () => {
    const itself = rule('b', 'user.city -eq "b"', 'assign: [{ sku: EMS, fallback: [EMS] }]');
    const never = rule('c', 'user.city -eq "b" -and user.city -eq "c"', ems);
    const withFirst = (when: string) => codesOf(policyOf([rule('a', when, ems), itself, never].join('\n')));

    expect(withFirst('user.city -like "b"')).toEqual(['policy/fallback-to-itself']);
    expect(withFirst('user.city -match "(?(a)b|c)"')).toEqual([
      'policy/fallback-to-itself',
      'policy/never-matches',
    ]);
  });

  it('finds rules that no user in scope can match, and a scope without users', () => {
    const scope = (when: string) => `scope: { when: '${when}' }`;
    const guests = policyOf(rule('a', 'user.userType -eq "Guest"', ems), scope('user.userType -eq "Member"'));
    const emptyScope = policyOf(rule('a', null, ems), scope('user.city -eq "a" -and user.city -eq "b"'));

    expect(codesOf(guests)).toEqual(['policy/never-matches']);
    expect(codesOf(emptyScope)).toEqual(['policy/empty-scope']);
  });

  it.each([
    ['the same again', 'user.city -eq "Oslo"', ems, 'user.city -eq "OSLO"', ems, true],
    ['a part of it', 'user.city -in ["Oslo", "Bergen"]', ems, 'user.city -eq "Oslo"', ems, true],
    ['everybody', null, ems, 'user.city -eq "Oslo"', ems, true],
    ['fewer plans', null, ems, 'user.city -eq "a"', 'assign: [{ sku: EMS, disable: [INTUNE_A] }]', true],
    ['more plans', null, 'assign: [{ sku: EMS, disable: [INTUNE_A] }]', 'user.city -eq "a"', ems, false],
    ['another SKU', null, ems, 'user.city -eq "a"', 'assign: [{ sku: SPE_E5 }]', false],
    ['a higher priority', null, ems, 'user.city -eq "a"', 'assign: [{ sku: EMS, priority: 5 }]', false],
    ['a plan taken away', null, ems, 'user.city -eq "a"', `${ems}, without: [INTUNE_A]`, false],
    ['others', 'user.city -eq "Oslo"', ems, 'user.city -eq "Bergen"', ems, false],
    ['a group beside it', null, `${ems}, memberOf: [G]`, 'user.city -eq "Oslo"', ems, false],
  ])('sees whether a rule is shadowed: %s', (_what, wide, wideRest, narrow, narrowRest, expected) => {
    const text = policyOf(`${rule('wide', wide, wideRest)}\n${rule('narrow', narrow, narrowRest)}`);
    const shadowed = checkPolicy(text).problems.filter((problem) => problem.code === 'policy/shadowed');

    expect(shadowed.map((problem) => problem.line)).toEqual(expected ? [5] : []);
  });

  it('sees a lower SKU of an exclusive group that never counts', () => {
    const text = policyOf(
      `${rule('all', null, 'assign: [{ sku: SPE_E5 }]')}\n${rule('some', 'user.city -eq "a"', 'assign: [{ sku: SPE_E3 }]')}`,
      'exclusive: [[SPE_E5, SPE_E3]]',
    );

    expect(codesOf(text)).toEqual(['policy/shadowed']);
  });

  it.each([
    ['a SKU twice', rule('a', null, 'assign: [{ sku: EMS }, { sku: ems }]'), '', 'policy/sku-twice'],
    [
      'a fallback to itself',
      rule('a', null, 'assign: [{ sku: EMS, fallback: [EMS] }]'),
      '',
      'policy/fallback-to-itself',
    ],
    [
      'a fallback twice',
      rule('a', null, 'assign: [{ sku: EMS, fallback: [B, B] }]'),
      '',
      'policy/fallback-twice',
    ],
    [
      'enabled and without',
      rule('a', null, 'assign: [{ sku: EMS, enable: [X] }], without: [X]'),
      '',
      'policy/enabled-and-without',
    ],
    [
      'two of one group',
      rule('a', null, 'assign: [{ sku: A }, { sku: B }]'),
      'exclusive: [[A, B]]',
      'policy/exclusive-in-one-rule',
    ],
    ['a group with a SKU twice', rule('a', null, ems), 'exclusive: [[A, A]]', 'policy/exclusive-twice'],
    ['groups that contradict', rule('a', null, ems), 'exclusive: [[A, B], [B, A]]', 'policy/exclusive-order'],
    [
      'a guard of nothing',
      rule('a', null, ems),
      'guards: { maxChanges: { count: 0 } }',
      'policy/guard-holds-everything',
    ],
    [
      'a guard of all',
      rule('a', null, ems),
      'guards: { maxChanges: { percent: 100 } }',
      'policy/guard-holds-nothing',
    ],
    ['removal without a guard', rule('a', null, ems), 'removal: { mode: remove }', 'policy/default-guard'],
    [
      'removal that says it has no guard',
      rule('a', null, ems),
      'removal: { mode: remove }\nguards: none',
      'policy/no-guard',
    ],
    ['adoption of what no rule gives', rule('a', null, ems), 'adopt: [SPE_E5]', 'policy/adopt-not-granted'],
  ])('finds %s', (_what, rules, more, code) => {
    expect(codesOf(policyOf(rules, more))).toEqual([code]);
  });
});
