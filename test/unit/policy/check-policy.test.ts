import { describe, expect, it } from '@jest/globals';
import { checkPolicy } from '../../../shared/policy/check-policy';
import type { ServicePlanConflicts, PolicySku } from '../../../shared/policy/checks/policy-catalogue';

// Ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const plan = (servicePlanName: string, servicePlanId: string, appliesTo = 'User') => ({
  servicePlanName,
  servicePlanId,
  appliesTo,
});
const exchangeStandard = plan('EXCHANGE_S_STANDARD', '9aaf7827-d63c-4b61-89c3-182f06f82e5c');
const exchangeEnterprise = plan('EXCHANGE_S_ENTERPRISE', 'efb87545-963c-4e0d-99df-69c6916d9eb0');
const archive = plan('EXCHANGE_S_ARCHIVE', 'da040e0a-b393-4bea-bb76-928b3fa1cf5a');
const sku = (
  skuPartNumber: string,
  skuId: string,
  servicePlans: PolicySku['servicePlans'],
  more = {},
): PolicySku => ({
  skuId,
  skuPartNumber,
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  servicePlans,
  ...more,
});
const skus: PolicySku[] = [
  sku('EMS', 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e', [
    plan('INTUNE_A', 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5'),
    plan('AAD_PREMIUM', '41781fb2-bc02-4b7c-bd55-b576c07bb09d'),
    plan('EXCHANGE_S_FOUNDATION', '113feb6c-3fe4-4440-bddc-54d774bf0318', 'Company'),
  ]),
  sku('EXCHANGESTANDARD', '4b9405b0-7788-4568-add1-99614e613b69', [exchangeStandard]),
  sku('SPE_E5', '06ebc4ee-1bb5-47dd-8120-11324bc54e06', [exchangeEnterprise]),
  sku('EXCHANGEARCHIVE', 'ee02fd1b-340e-4a4b-b355-4a514e4c8943', [archive]),
  sku('WINDOWS_STORE', '6470687e-a428-4b7a-bef2-8a291ad947c9', [], { appliesTo: 'Company' }),
  sku('SPE_F1', '66b55226-6b4f-492c-910c-a3b7a3c9d993', [archive], { capabilityStatus: 'Suspended' }),
];
const knowledge: ServicePlanConflicts = {
  conflicts: [[exchangeStandard.servicePlanId, exchangeEnterprise.servicePlanId]],
  dependencies: [
    {
      plan: archive.servicePlanId,
      anyOf: [exchangeStandard.servicePlanId, exchangeEnterprise.servicePlanId],
    },
  ],
};

const policyOf = (rules: string, more = '') => `version: 1\n${more}\nrules:\n${rules}\n`;
const rule = (name: string, when: string | null, rest: string) =>
  `  - { name: ${name}, ${when === null ? '' : `when: '${when}', `}${rest} }`;
const codesOf = (text: string, options = {}) =>
  checkPolicy(text, options)
    .problems.filter((problem) => problem.code.startsWith('policy/'))
    .map((problem) => problem.code);

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

describe('against a tenant', () => {
  const check = (rules: string, more = '') =>
    checkPolicy(policyOf(rules, more), { skus, servicePlanConflicts: knowledge }).problems;

  it('says whether names were checked', () => {
    const text = policyOf(rule('a', null, 'assign: [{ sku: NOPE }]'));

    expect(checkPolicy(text)).toMatchObject({ namesChecked: false, problems: [] });
    expect(checkPolicy(text, { skus })).toMatchObject({ namesChecked: true, policy: null });
  });

  it('refuses a name that two SKUs or two plans have, with their ids', () => {
    const [first] = skus;
    if (first === undefined) throw new Error('There are no SKUs');
    const [plan] = first.servicePlans;
    if (plan === undefined) throw new Error('The SKU has no plans');
    const other = '11111111-2222-4333-8444-555555555555';
    const text = policyOf(
      rule('a', null, `assign: [{ sku: ${first.skuPartNumber}, disable: [${plan.servicePlanName}] }]`),
    );
    const twoPlans = [
      { ...first, servicePlans: [plan, { ...plan, servicePlanId: other }] },
      ...skus.slice(1),
    ];

    expect(checkPolicy(text, { skus: [...skus, { ...first, skuId: other }] })).toMatchObject({
      policy: null,
      problems: [{ code: 'policy/ambiguous-sku', message: expect.stringContaining(other) }],
    });
    expect(checkPolicy(text, { skus: twoPlans })).toMatchObject({
      policy: null,
      problems: [{ code: 'policy/ambiguous-plan', message: expect.stringContaining(other) }],
    });
  });

  it.each([
    [
      'an unknown SKU',
      'assign: [{ sku: EXCHANGESTANDART }]',
      'policy/unknown-sku',
      'Did you mean EXCHANGESTANDARD?',
    ],
    [
      'an unknown fallback',
      'assign: [{ sku: EMS, fallback: [SPE_E6] }]',
      'policy/unknown-sku',
      'Did you mean SPE_E5?',
    ],
    [
      'an unknown plan',
      'assign: [{ sku: EMS, disable: [INTUNE_B] }]',
      'policy/unknown-plan',
      'Did you mean INTUNE_A?',
    ],
    [
      'a plan of another SKU',
      'assign: [{ sku: EMS, disable: [EXCHANGE_S_ARCHIVE] }]',
      'policy/unknown-plan',
      undefined,
    ],
    [
      'an unknown plan in without',
      'assign: [{ sku: EMS }], without: [YAMMER]',
      'policy/unknown-plan',
      undefined,
    ],
    ['a SKU of the organization', 'assign: [{ sku: WINDOWS_STORE }]', 'policy/company-sku', undefined],
    [
      'a plan of the organization',
      'assign: [{ sku: EMS, disable: [EXCHANGE_S_FOUNDATION] }]',
      'policy/company-plan',
      undefined,
    ],
    [
      'every plan off',
      'assign: [{ sku: EMS, disable: [INTUNE_A, AAD_PREMIUM] }]',
      'policy/every-plan-off',
      undefined,
    ],
    [
      'every plan off by without',
      'assign: [{ sku: EMS, enable: [INTUNE_A] }], without: [INTUNE_A]',
      'policy/every-plan-off',
      undefined,
    ],
    [
      'plans in conflict',
      'assign: [{ sku: EXCHANGESTANDARD }, { sku: SPE_E5 }]',
      'policy/plan-conflict',
      undefined,
    ],
    [
      'a prerequisite that is missing',
      'assign: [{ sku: EXCHANGEARCHIVE }]',
      'policy/plan-prerequisite',
      undefined,
    ],
    [
      'a suspended subscription',
      'assign: [{ sku: SPE_F1 }, { sku: SPE_E5 }]',
      'policy/sku-status',
      undefined,
    ],
  ])('finds %s', (_what, rest, code, hint) => {
    const found = check(rule('a', null, rest)).find((problem) => problem.code === code);

    expect(found).toBeDefined();
    if (hint !== undefined) expect(found?.hint).toContain(hint);
  });

  it('sees one SKU behind a name and an id', () => {
    const grant = 'assign: [{ sku: EMS, fallback: [efccb6f7-5641-4e0e-bd10-b4976e1bf68e] }]';

    expect(codesOf(policyOf(rule('a', null, grant)), { skus })).toEqual(['policy/fallback-to-itself']);
  });

  it('takes names in any case, and ids', () => {
    expect(
      check(
        rule(
          'a',
          null,
          'assign: [{ sku: ems, disable: [intune_a] }, { sku: 06EBC4EE-1bb5-47dd-8120-11324bc54e06 }]',
        ),
      ),
    ).toEqual([]);
  });

  it('looks for conflicts between rules that can meet only', () => {
    const rules = (a: string, b: string) =>
      `${rule('a', a, 'assign: [{ sku: EXCHANGESTANDARD }]')}\n${rule('b', b, 'assign: [{ sku: SPE_E5 }]')}`;
    const codes = (text: string) => check(text).map((problem) => problem.code);

    expect(codes(rules('user.city -eq "x"', 'user.department -eq "y"'))).toEqual(['policy/plan-conflict']);
    expect(codes(rules('user.city -eq "x"', 'user.city -eq "y"'))).toEqual([]);
  });
});
