import { describe, expect, it } from '@jest/globals';
import { aUser, evaluate } from '../../../support/fuzz/rule-user';

// Pages are named by their last part: https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership and
// so on. "tenant" marks behavior that public tenants show and no page states.
const ana = aUser({
  jobTitle: 'Dock Planner',
  city: 'Zürich',
  proxyAddresses: ['SMTP:ana@harbour.example', 'smtp:a.k@quay.example'],
  employeeHireDate: '2024-05-02T06:00:00Z',
});

describe('a whole user', () => {
  it.each([
    ['user.jobTitle -startsWith "dock" and user.city -eq "ZÜRICH"', true, 'groups-dynamic-membership: case'],
    ['user.department -eq null', true, 'groups-dynamic-membership: null values'],
    ['user.department -ne null', false, 'groups-dynamic-membership: null values'],
    ['user.department -ne "Logistics"', true, 'tenant'],
    ['user.department -eq "Logistics"', false, 'tenant'],
    ['user.department -in ["Logistics", "Legal"]', false, 'groups-dynamic-rule-more-efficient'],
    ['user.department -notIn ["Logistics", "Legal"]', true, 'groups-dynamic-rule-more-efficient'],
    ['user.department -eq "null"', false, 'groups-dynamic-membership: "null" is a text'],
    ['user.jobTitle -match "plan"', true, 'groups-dynamic-rule-more-efficient'],
    ['user.jobTitle -match "^plan"', false, 'groups-dynamic-membership: -match'],
    ['user.proxyAddresses -any (_ -endsWith "@quay.example")', true, 'groups-dynamic-membership: -any'],
    ['user.proxyAddresses -all (_ -startsWith "smtp:")', true, 'groups-dynamic-membership: case'],
    ['user.proxyAddresses -contains "quay"', true, 'groups-dynamic-membership: multi-value'],
    ['user.proxyAddresses -notContains "quay"', false, 'the only reading that both allow'],
    ['user.dirSyncEnabled -eq true', false, 'tenant'],
    ['user.dirSyncEnabled -ne true', true, 'tenant'],
    [
      'user.employeeHireDate -ge 2024-05-01T00:00:00Z -and user.employeeHireDate -le system.now',
      true,
      '-le, -ge',
    ],
    ['user.employeeHireDate -eq 2024-05-02T06:00:00Z', true, 'dateTime'],
    ['user.employeeHireDate -eq "2024-05-02T08:00:00+02:00"', true, 'dateTime: zones'],
    ['user.employeeHireDate -ge (system.now -minus P2W)', false, '-le, -ge'],
    ['user.assignedPlans -any (assignedPlan.service -eq "exchange")', false, '-any on nothing'],
    ['user.assignedPlans -all (assignedPlan.servicePlanId -eq null)', true, 'example 3'],
    [
      'user.city -eq "Basel" -or user.jobTitle -contains "Planner" -and user.country -eq "CH"',
      false,
      'precedence',
    ],
    ['(user.city -eq "Zürich" -or user.jobTitle -eq "x") -and user.country -eq null', true, 'precedence'],
    ['-not user.city -eq "Basel" -and user.country -eq null', true, 'precedence: -not binds before -and'],
    ['-not (user.city -eq "Basel" -or user.country -eq null)', false, 'precedence'],
    ['user.objectId -ne null', true, 'all users'],
    ['user.objectId -eq "11111111-2222-3333-4444-555555555555"', true, 'string'],
    ['user.accountEnabled -eq True', true, 'boolean'],
    ['user.accountEnabled -ne true', false, 'boolean'],
    ['Direct Reports for "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"', false, 'direct reports'],
  ] as const)('%s is %s', (rule, expected, _source) => {
    expect(evaluate(rule, ana)).toBe(expected);
  });
});

describe('an empty attribute, by operator', () => {
  // groups-dynamic-membership (use of null values), groups-dynamic-rule-more-efficient; the rest as tenants show.
  it.each([
    ['-eq null', true],
    ['-ne null', false],
    ['-eq "x"', false],
    ['-ne "x"', true],
    ['-in ["x"]', false],
    ['-notIn ["x"]', true],
    ['-startsWith "x"', false],
    ['-endsWith "x"', false],
    ['-contains "x"', false],
    ['-match "x"', false],
    ['-match ".*"', false],
  ] as const)('user.department %s is %s for null, an empty text and an empty extension', (test, expected) => {
    expect(evaluate(`user.department ${test}`, aUser())).toBe(expected);
    expect(evaluate(`user.department ${test}`, aUser({ department: '' }))).toBe(expected);
    expect(evaluate(`user.extensionAttribute1 ${test}`, aUser())).toBe(expected);
    expect(evaluate(`user.telephoneNumber ${test}`, aUser())).toBe(expected);
  });

  it.each([
    ['user.department -notStartsWith "x"', true],
    ['user.department -notEndsWith "x"', true],
    ['user.department -notContains "x"', true],
    ['user.department -notMatch "x"', true],
    ['-not (user.department -startsWith "x")', true],
    ['user.department -eq ""', true],
    ['user.department -ne ""', false],
    ['user.dirSyncEnabled -eq false', false],
    ['user.employeeHireDate -le system.now', false],
    ['user.passwordPolicies -eq "None"', false],
    ['user.passwordPolicies -ne "none"', true],
    ['user.employeeHireDate -ne 2024-03-01T00:00:00Z', true],
  ] as const)('%s is %s, or undecided where the policy does not want to assume it', (rule, assumed) => {
    const user = aUser({ passwordPolicies: null });

    expect(evaluate(rule, user)).toBe(assumed);
    expect(evaluate(rule, user, { unconfirmed: 'undecided' })).toBe('undecided');
  });

  it('leaves what is confirmed decided, whatever the setting', () => {
    for (const rule of [
      'user.department -ne "x"',
      '-not (user.department -ne "x")',
      'user.department -eq null',
    ]) {
      expect(evaluate(rule, aUser(), { unconfirmed: 'undecided' })).toBe(evaluate(rule, aUser()));
    }
  });
});

describe('an attribute that was not read', () => {
  it.each([
    ['user.department -eq "Sales"', 'undecided'],
    ['user.department -eq null', 'undecided'],
    ['user.department -ne "Sales"', 'undecided'],
    ['-not (user.department -eq "Sales")', 'undecided'],
    ['user.department -eq "Sales" -and user.city -eq "Oslo"', 'undecided'],
    ['user.department -eq "Sales" -and user.city -eq "Bergen"', false],
    ['user.department -eq "Sales" -or user.city -eq "Oslo"', true],
    ['user.department -eq "Sales" -or user.city -eq "Bergen"', 'undecided'],
    ['user.otherMails -any (_ -eq "x")', 'undecided'],
    ['user.assignedPlans -all (assignedPlan.service -eq "x")', 'undecided'],
    ['user.memberOf -any (group.objectId -in ["x"])', 'undecided'],
    ['Direct Reports for "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"', 'undecided'],
    ['user.extensionAttribute3 -eq "x"', 'undecided'],
    ['user.extension_c272a57b722d4eb29bfe327874ae79cb_Office -ne "x"', 'undecided'],
    ['user.employeeOrgData.division -eq "x"', 'undecided'],
  ] as const)('%s is %s', (rule, expected) => {
    expect(evaluate(rule, { city: 'Oslo' })).toBe(expected);
  });

  it.each([
    ['user.department -eq null', true],
    ['user.department -ne "Sales"', true],
    ['user.otherMails -any (_ -eq "x")', false],
    ['user.assignedPlans -all (assignedPlan.service -eq "x")', true],
    ['user.memberOf -any (group.objectId -in ["x"])', false],
    ['Direct Reports for "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"', false],
  ] as const)('%s is %s in a file of whole users', (rule, expected) => {
    expect(evaluate(rule, { city: 'Oslo' }, { absent: 'null' })).toBe(expected);
  });

  it.each([
    ['user.department -eq "5"', { department: { odd: 1 } }],
    ['user.accountEnabled -eq true', { accountEnabled: 'perhaps' }],
    ['user.employeeHireDate -le system.now', { employeeHireDate: 'soon' }],
    ['user.otherMails -any (_ -eq "x")', { otherMails: 5 }],
    [
      'user.extension_c272a57b722d4eb29bfe327874ae79cb_Office -eq "x"',
      { extension_c272a57b722d4eb29bfe327874ae79cb_Office: ['x'] },
    ],
  ])('%s is undecided for a value of another shape', (rule, properties) => {
    expect(evaluate(rule, properties)).toBe('undecided');
  });
});

describe('collections', () => {
  const plans = [
    {
      servicePlanId: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
      service: 'exchange',
      capabilityStatus: 'Deleted',
    },
    { servicePlanId: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5', service: 'SCO', capabilityStatus: 'Enabled' },
  ];

  it.each([
    ['assignedPlan.servicePlanId -eq "EFB87545-963c-4e0d-99df-69c6916d9eb0"', true],
    ['assignedPlan.service -eq "SCO" -and assignedPlan.capabilityStatus -eq "Enabled"', true],
    // Both must hold for the same element.
    ['assignedPlan.service -eq "exchange" -and assignedPlan.capabilityStatus -eq "Enabled"', false],
    ['assignedPlan.servicePlanId -ne "" -and assignedPlan.capabilityStatus -eq "enabled"', true],
    ['AssignedPlan.SERVICE -in ["SharePoint", "sco"]', true],
  ])('user.assignedPlans -any (%s) is %s', (body, expected) => {
    expect(evaluate(`user.assignedPlans -any (${body})`, aUser({ assignedPlans: plans }))).toBe(expected);
  });

  it('-all holds when every element does', () => {
    const user = aUser({ otherMails: ['a@quay.example', 'b@quay.example'] });

    expect(evaluate('user.otherMails -all (_ -endsWith "@quay.example")', user)).toBe(true);
    expect(evaluate('user.otherMails -all (_ -ne "a@quay.example")', user)).toBe(false);
    expect(evaluate('-not (user.otherMails -any (_ -eq "c@quay.example"))', user)).toBe(true);
  });

  it('have no elements that are empty', () => {
    const user = aUser({ otherMails: ['', 'a@quay.example'] });

    expect(evaluate('user.otherMails -all (_ -endsWith "@quay.example")', user)).toBe(true);
    expect(evaluate('user.otherMails -any (_ -ne "a@quay.example")', user)).toBe(false);
  });

  it('does not guess what a negative operator on a mixed collection means when told not to', () => {
    const rule = 'user.proxyAddresses -notContains "quay"';
    const mixed = aUser({ proxyAddresses: ['a@quay.example', 'b@dock.example'] });
    const none = aUser({ proxyAddresses: ['b@dock.example'] });

    expect(evaluate(rule, mixed)).toBe(false);
    expect(evaluate(rule, mixed, { unconfirmed: 'undecided' })).toBe('undecided');
    expect(evaluate(rule, none, { unconfirmed: 'undecided' })).toBe(true);
  });

  const sales = '8a256a2b-b617-496d-b51b-e76466e88db0';

  it.each([
    [[sales.toUpperCase()], true],
    [[{ id: sales, displayName: 'SG-Sales' }], true],
    [[{ id: '11111111-b617-496d-b51b-e76466e88db0', displayName: sales }], false],
    [[], false],
  ])('memberOf %j', (memberOf, expected) => {
    expect(evaluate(`user.memberOf -any (group.objectId -in ['${sales}'])`, aUser({ memberOf }))).toBe(
      expected,
    );
  });

  it('takes a group that came without its name for undecided, unless the file is whole', () => {
    const rule = 'user.memberOf -any (group.displayName -eq "sg-sales")';

    expect(evaluate(rule, aUser({ memberOf: [{ id: sales, displayName: 'SG-Sales' }] }))).toBe(true);
    expect(evaluate(rule, aUser({ memberOf: [sales] }))).toBe('undecided');
    expect(evaluate(rule, aUser({ memberOf: [sales] }), { absent: 'null' })).toBe(false);
  });

  it('knows the reports of a manager', () => {
    const rule = 'direct reports FOR "AAAAAAAA-0000-1111-2222-bbbbbbbbbbbb"';

    expect(evaluate(rule, aUser({ manager: { id: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb' } }))).toBe(true);
    expect(evaluate(rule, aUser({ manager: { id: 'bbbbbbbb-0000-1111-2222-bbbbbbbbbbbb' } }))).toBe(false);
  });
});

describe('where Graph keeps what rules name', () => {
  // https://learn.microsoft.com/graph/migrate-azure-ad-graph-property-differences
  it.each([
    ['user.dirSyncEnabled -eq true', { onPremisesSyncEnabled: true }],
    ['user.facsimileTelephoneNumber -eq "1"', { faxNumber: '1' }],
    ['user.mobile -eq "1"', { mobilePhone: '1' }],
    ['user.telephoneNumber -startsWith "+41"', { businessPhones: ['+41 1'] }],
    ['user.physicalDeliveryOfficeName -eq "18/2111"', { officeLocation: '18/2111' }],
    ['user.sipProxyAddress -eq "ana@harbour.example"', { imAddresses: ['ana@harbour.example'] }],
    ['user.mailNickname -eq "ana"', { mailNickname: 'ana' }],
    ['user.objectID -eq "AB"', { id: 'ab' }],
    ['user.extensionAttribute15 -eq "m"', { onPremisesExtensionAttributes: { extensionAttribute15: 'M' } }],
    [
      'user.extension_C272A57B722D4EB29BFE327874AE79CB_officenumber -eq 123',
      { extension_c272a57b722d4eb29bfe327874ae79cb_OfficeNumber: 123 },
    ],
    [
      'user.extension_c272a57b722d4eb29bfe327874ae79cb_Vip -eq true',
      { extension_c272a57b722d4eb29bfe327874ae79cb_Vip: true },
    ],
    ['user.employeeType -eq "Contractor"', { employeeType: 'contractor' }],
    ['user.employeeOrgData.costCenter -eq "7"', { employeeOrgData: { division: null, costCenter: '7' } }],
    ['user.employeeOrgData.division -eq null', { employeeOrgData: { division: null, costCenter: '7' } }],
    ['user.extensionAttribute2 -eq null', { onPremisesExtensionAttributes: { extensionAttribute15: 'M' } }],
  ])('%s', (rule, properties) => {
    expect(evaluate(rule, properties)).toBe(true);
  });
});

describe('letter case', () => {
  it.each([
    ['ΟΔΟΣ', 'οδος', 'eq'],
    ['ΣΑΣΑ', 'σασ', 'startsWith'],
    ['Zürich', 'ÜRI', 'contains'],
    ['İzmir', 'İZMIR', 'eq'],
  ])('%s and %s', (value, literal, operator) => {
    expect(evaluate(`user.city -${operator} "${literal}"`, { city: value })).toBe(true);
  });
});
