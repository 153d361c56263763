import { describe, expect, it } from '@jest/globals';
import { errorOf, ruleOf } from '../../../support/fuzz/rule-user';

describe('what Entra refuses', () => {
  // groups-troubleshooting (rule processing errors), groups-dynamic-membership (syntax tips), and tenants' reports.
  it.each([
    ['user.invalidProperty -eq "Value"', 'rule/property', 1, undefined],
    ['user.accountEnabled -contains true', 'rule/operator-not-supported', 21, /-eq or -ne/],
    ['user.accountEnabled -match "t"', 'rule/operator-not-supported', 21, /-eq or -ne/],
    ['user.accountEnabled -in [true]', 'rule/operator-not-supported', 21, undefined],
    [
      '(user.department -eq "Sales")(user.department -eq "Marketing")',
      'rule/missing-connector',
      30,
      /-and or -or/,
    ],
    ['user.department -eq "Sales" user.city -eq "x"', 'rule/missing-connector', 29, undefined],
    ['user.userPrincipalName -match "*@domain.ext"', 'rule/regex', 32, /-endsWith/],
    ['user.city -eq Zürich', 'rule/value', 15, /quotes: "Zürich"/],
    ['user.city - eq "Zürich"', 'rule/dash', 11, /blank/],
    ['city -eq "Zürich"', 'rule/property', 1, /user\.city/],
    ['user.city -like "Z*"', 'rule/operator', 11, /-startsWith/],
    ['user.city -gt "Z"', 'rule/operator', 11, /-ge/],
    ['user.city -equals "Z"', 'rule/operator', 11, undefined],
    ['user.city -eg "Z"', 'rule/operator', 11, /-eq|-ge/],
    ['user.city = "Z"', 'rule/character', 11, /-eq/],
    ['user.city -eq "a" && user.state -eq "b"', 'rule/character', 19, /-and/],
    ['user.department -eq “Sales”', 'rule/quote', 21, /straight|"/],
    ['user.department -eq ‘Sales’', 'rule/quote', 21, undefined],
    ['user.department —eq "Sales"', 'rule/dash', 17, /hyphen/],
    ['user.department −eq "Sales"', 'rule/dash', 17, /hyphen/],
    ['"Sales" -eq user.department', 'rule/expected', 1, /property comes first/],
    ['user.city -eq user.state', 'rule/value', 15, /literal/],
    ['user.mail -not null', 'rule/operator', 11, /-ne null/],
    ['user.mail -contains null', 'rule/value', 21, /-eq null/],
    ['user.mail -in ["a", null]', 'rule/value', 21, /-eq null/],
    ['user.accountEnabled -eq $true', 'rule/value', 25, /true/],
    ['user.accountEnabled', 'rule/expected', 20, /-eq true/],
    ['user.city -eq ["a"]', 'rule/value', 15, /-in/],
    ['user.city -match ["a", "b"]', 'rule/value', 18, /-in/],
    ['user.city -in "a"', 'rule/value', 15, /\["a"\]/],
    ['user.city -in ("a", "b")', 'rule/expected', 16, /square/],
    ['user.city -in []', 'rule/value', 16, undefined],
    ['user.city -in ["a",]', 'rule/expected', 20, /comma/],
    ['user.city -in ["a" "b"]', 'rule/expected', 20, /comma/],
    ['user.otherMails -any _ -startsWith "x"', 'rule/expected', 22, /parentheses/],
    ['user.otherMails -any (user.city -eq "x")', 'rule/property', 23, /one element/],
    ['user.otherMails -any (assignedPlan.service -eq "x")', 'rule/property', 23, /_/],
    ['_ -eq "x"', 'rule/property', 1, /-any/],
    ['assignedPlan.service -eq "x"', 'rule/property', 1, /-any/],
    ['user.city -any (_ -eq "x")', 'rule/operator-not-supported', 11, undefined],
    ['user.assignedPlans -contains "x"', 'rule/operator-not-supported', 20, /servicePlanId/],
    ['user.memberOf -eq "x"', 'rule/operator-not-supported', 15, /group\.objectId/],
    ['user.memberOf -all (group.objectId -in ["x"])', 'rule/operator-not-supported', 1, /-any/],
    ['user.memberOf -any (group.objectId -eq "x")', 'rule/operator-not-supported', 21, /-in/],
    ['user.memberOf -any (group.mail -eq "x")', 'rule/property', 21, undefined],
    ['(Direct Reports for "x")', 'rule/combination', 2, undefined],
    ['Direct Reports for "x" -and user.city -eq "y"', 'rule/combination', 24, undefined],
    ['user.city -eq "y" -or Direct Reports for "x"', 'rule/combination', 23, undefined],
    ['Direct Reports for x', 'rule/expected', 20, undefined],
    ['user.employeeHireDate -eq system.now -plus P1D', 'rule/value', 27, /window/],
    ['user.employeeHireDate -ge system.now -plus P1D -minus PT1H', 'rule/value', 48, undefined],
    ['user.employeeHireDate -ge system.now -plus 1d', 'rule/expected', 44, /P14D/],
    ['user.employeeHireDate -ge system.now -plus P', 'rule/value', 38, /P14D/],
    ['user.employeeHireDate -ge "soon"', 'rule/value', 27, /8601/],
    ['user.employeeHireDate -ge 2024-02-30', 'rule/value', 27, undefined],
    ['user.employeeHireDate -gt 2024-02-20', 'rule/operator', 23, undefined],
    ['user.city -ge "a"', 'rule/operator-not-supported', 11, undefined],
    ['user.city -eq true', 'rule/value', 15, /"true"/],
    ['user.city -eq 2024-02-20', 'rule/value', 15, /quotes/],
    ['(user.city -eq "a"', 'rule/parenthesis', 1, undefined],
    ['user.city -eq "a")', 'rule/parenthesis', 18, undefined],
    ['user.city -eq "a', 'rule/unterminated-string', 15, /Close/],
    ['user.city -eq "a" -and', 'rule/expected', 23, /too early/],
    ['-and user.city -eq "a"', 'rule/expected', 1, /missing before/],
    ['user.city -eq "a" -xor user.city -eq "b"', 'rule/expected', 19, undefined],
    ['', 'rule/empty', 1, /objectId/],
    [' \n\t ', 'rule/empty', 1, undefined],
    ['user.city -eq "a" # note', 'rule/character', 19, /comments/],
    ['user.department -eq \\"Sales\\"', 'rule/character', 21, /JSON/],
    ['$user.city -eq "a"', 'rule/expected', 1, /dollar/],
    ['device.deviceOSType -eq "Windows"', 'rule/property', 1, /users or of devices/],
    ['device.devicePhysicalIds -any _ -contains "[ZTDId]"', 'rule/property', 1, undefined],
    ['(user.city -eq "a") -and (device.deviceOSType -eq "b")', 'rule/property', 27, undefined],
    ['group.displayName -eq "a"', 'rule/property', 1, /-any/],
    ['usr.city -eq "a"', 'rule/property', 1, /user\.city/],
    ['user.extension_abc_name -eq "a"', 'rule/property', 1, /32 hex/],
    ['user.extension_c272a57b-722d-4eb2-9bfe-327874ae79cb_name -eq "a"', 'rule/property', 1, /hyphens/],
    ['user.extensionAttribute16 -eq "a"', 'rule/property', 1, /1 to 15/],
    ['user.city\u200b -eq "a"', 'rule/character', 10, /delete/],
    ['\ufeffuser.city -eq "a"', 'rule/character', 1, /delete/],
    ['user[\'department\'] -eq "x"', 'rule/property', 1, /property after it/],
  ] as const)('refuses %s', (rule, code, column, hint) => {
    const error = errorOf(rule);

    expect(error).toMatchObject({ code, line: 1, column });
    if (hint !== undefined) expect(error?.hint).toMatch(hint);
  });

  // https://learn.microsoft.com/graph/migrate-azure-ad-graph-property-differences; the rest is on no supported list.
  it.each([
    ['id', 'user.objectId'],
    ['officeLocation', 'user.physicalDeliveryOfficeName'],
    ['onPremisesSyncEnabled', 'user.dirSyncEnabled'],
    ['mobilePhone', 'user.mobile'],
    ['businessPhones', 'user.telephoneNumber'],
    ['faxNumber', 'user.facsimileTelephoneNumber'],
    ['imAddresses', 'user.sipProxyAddress'],
    ['onPremisesExtensionAttributes.extensionAttribute1', 'user.extensionattribute1'],
    ['manager', 'Direct Reports'],
    ['assignedLicenses', 'assignedPlans'],
    ['departmnt', 'user.department'],
    ['employeeOrgData', 'division'],
    ['createdDateTime', 'no rules on this'],
    ['onPremisesSamAccountName', ''],
    ['externalUserState', ''],
    ['creationType', ''],
    ['pager', ''],
  ])('says what stands for user.%s', (name, hint) => {
    const error = errorOf(`user.${name} -eq "x"`);

    expect(error).toMatchObject({ code: 'rule/property', column: 1 });
    expect(error?.hint).toContain(hint);
  });

  it('gives line and column of rules over several lines', () => {
    expect(errorOf('user.city -eq "a"\r\n  -and user.town -eq "b"')).toMatchObject({ line: 2, column: 8 });
    expect(errorOf('user.city -eq "a"\n\n  -and\n')).toMatchObject({ line: 4, column: 1 });
  });

  it('takes 3,072 characters and no more', () => {
    const rule = (length: number) => `user.city -eq "${'x'.repeat(length - 16)}"`;

    expect(rule(3072)).toHaveLength(3072);
    expect(errorOf(rule(3072))).toBeUndefined();
    expect(errorOf(rule(3073))).toMatchObject({ code: 'rule/too-long', column: 3073 });
  });

  it('takes 50 groups and no more', () => {
    const rule = (count: number) => {
      const ids = Array.from({ length: count }, (_, index) => `'${String(index)}'`);
      return `user.memberOf -any (group.objectId -in [${ids.join(',')}])`;
    };

    expect(errorOf(rule(50))).toBeUndefined();
    expect(errorOf(rule(51))).toMatchObject({ code: 'rule/combination' });
  });
});

describe('extensions of the language', () => {
  it.each([
    'user.employeeType -eq "Contractor"',
    'user.employeeOrgData.division -eq "North"',
    'user.employeeOrgData.costCenter -in ["1", "2"]',
    'user.memberOf -any (group.displayName -eq "SG-Sales")',
    'user.memberOf -any (group.objectId -in ["8a256a2b-b617-496d-b51b-e76466e88db0"]) -and user.city -eq "Oslo"',
    '-not (user.memberOf -any (group.objectId -in ["8a256a2b-b617-496d-b51b-e76466e88db0"]))',
  ])('%s is valid and does not paste into Entra', (rule) => {
    const warnings = ruleOf(rule).warnings.map((warning) => warning.message);

    expect(warnings.join('\n')).toContain('does not paste into Entra');
  });

  it('does not say so of a rule that does', () => {
    const rule = "(user.memberOf -any (group.objectId -in ['8a256a2b-b617-496d-b51b-e76466e88db0']))";

    expect(
      ruleOf(rule)
        .warnings.map((warning) => warning.message)
        .join(),
    ).not.toContain('does not paste');
  });
});

describe('lint', () => {
  it.each([
    ['user.department -ne "Sales"', 'rule/negative-without-guard'],
    ['user.department -notIn ["Sales"]', 'rule/negative-without-guard'],
    ['-not (user.department -startsWith "S")', 'rule/negative-without-guard'],
    ['user.city -eq "a" -or user.state -eq "b" -and user.mail -ne null', 'rule/mixed-and-or'],
    ['user.proxyAddresses -notContains "x"', 'rule/negative-on-collection'],
    ['user.proxyAddresses -match "x"', 'rule/unconfirmed'],
    ['user.city -match "^Lag"', 'rule/match'],
    ['user.city -contains "ago"', 'rule/contains'],
    ['user.assignedPlans -any (assignedPlan.service -eq "SCO")', 'rule/plan-without-status'],
    ['user.city -eq "Oslo "', 'rule/outer-blank'],
    ['user.dirSyncEnabled -eq false', 'rule/never-synced'],
    [
      'user.memberOf -any (group.objectId -in ["8a256a2b-b617-496d-b51b-e76466e88db0"])',
      'rule/member-of-ends',
    ],
    ['user.city-eq "Oslo"', 'rule/blank-missing'],
    ['user.accountEnabled -eq "true"', 'rule/quoted-boolean'],
    ['user.employeeId -eq 5', 'rule/number'],
    ['user.employeeHireDate -ge 2024-03-01', 'rule/zone'],
    ['user.employeeHireDate -ge system.now -minus P1Y', 'rule/unconfirmed'],
    ['user.sipProxyAddress -eq "x"', 'rule/unconfirmed'],
    ['user.city -match "(?(1)a|b)"', 'rule/regex-not-run'],
    ['Direct Reports for "x"', 'rule/not-a-guid'],
  ])('warns of %s', (rule, code) => {
    expect(ruleOf(rule).warnings.map((warning) => warning.code)).toContain(code);
  });

  it.each([
    ['-ne', '-any (_ -eq …)'],
    ['-notContains', '-any (_ -contains …)'],
    ['-notStartsWith', '-any (_ -startsWith …)'],
  ])('of %s on a collection says how to write it: %s', (operator, instead) => {
    const [warning] = ruleOf(`user.proxyAddresses ${operator} "x"`).warnings;

    expect(warning?.message).toContain(`write -not (user.proxyAddresses ${instead})`);
  });

  it.each([
    'user.department -eq "Sales"',
    'user.department -ne "Sales" -and user.department -ne null',
    '(user.city -eq "a" -and user.department -ne "b" -and user.department -ne null) -or user.city -eq "c"',
    'user.department -eq null -or user.department -ne "Sales"',
    '-not (user.department -eq "Sales") -and (user.department -ne null)',
    'user.city -eq "a" -or (user.state -eq "b" -and user.mail -ne null)',
    'user.userPrincipalName -ne "a@b.example"',
    'user.assignedPlans -any (assignedPlan.service -eq "SCO" -and assignedPlan.capabilityStatus -eq "Enabled")',
    'user.employeeHireDate -ge 2024-03-01T00:00:00Z',
  ])('finds nothing in %s', (rule) => {
    expect(ruleOf(rule).warnings).toEqual([]);
  });
});
