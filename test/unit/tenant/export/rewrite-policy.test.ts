import { describe, expect, it } from '@jest/globals';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import { foldText } from '../../../../shared/policy/fold-case';
import { readMembershipRule } from '../../../../shared/policy/rule/membership-rule';
import { rewritePolicy } from '../../../../shared/tenant/export/rewrite-policy';
import { rewriteRule } from '../../../../shared/tenant/export/rewrite-rule';
import type { Departments } from '../../../../shared/tenant/export/user-values';
import { copyOf, id, toGroup, toUser } from '../../../support/graph/odd-people';
import type { Person } from '../../../support/graph/odd-people';

describe('a policy with pseudonyms', () => {
  const person1: Person = {
    number: 1,
    name: 'Ann "Ace" O\'Neil',
    given: 'Ann',
    alias: 'ann.oneil',
    domain: 'contoso.com',
    department: 'Sales',
    title: 'Manager',
    groups: [],
    manager: null,
  };
  const text = `# Written by Ann O'Neil
version: 1
scope: { when: 'user.userType -eq "Member"' }
exclusive: [['contoso:SPE_E5', SPE_E3]]
rules:
  - name: sales of contoso.com
    when: 'user.department -eq "Sales" -and user.mail -endsWith "@contoso.com"'
    memberOf: [SG-Ünal, ${id(2, 5)}]
    assign: [{ sku: EMS, disable: [INTUNE_A], fallback: [SPE_E3] }]
  - name: everyone called Ann
    when: 'user.displayName -match "^Ann"'
    assign: [{ sku: SPE_E3 }]
adopt: [EMS]
prices: { EMS: 8.2 }
tests:
  - name: Ann gets it
    user: { displayName: 'Ann "Ace" O''Neil', department: Sales, mail: ann.oneil@contoso.com, memberOf: [SG-Ünal], manager: { id: ${id(1, 9)} } }
    expect: { EMS: { off: [INTUNE_A] }, SPE_E3: null }
`;
  const rewrite = (departments: Departments) => {
    const rules = ['user.displayName -match "^Ann"'];
    const { copy } = copyOf([toUser(person1)], [toGroup('SG-Ünal', 1)], { rules, departments });
    const products = new Set(['ems', 'intune_a', 'spe_e3', 'spe_e5']);
    return { ...rewritePolicy(text, { ...copy, products }), copy };
  };

  it('is valid, and names nothing of the tenant', () => {
    const { text: made, lost } = rewrite('replace');

    expect(loadPolicy(made).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(lost).toEqual([]);
    for (const original of ['Ann', 'Neil', 'contoso', 'Ünal', id(1, 9), id(2, 5), 'Sales']) {
      expect(foldText(made)).not.toContain(foldText(original));
    }
  });

  it('keeps SKUs, plans, prices and what is asked, and carries rules over', () => {
    const { text: made, copy } = rewrite('keep');
    const { policy } = loadPolicy(made);

    expect(policy?.exclusive).toEqual([['SPE_E5', 'SPE_E3']]);
    expect(policy?.prices).toEqual({ EMS: 8.2 });
    expect(policy?.rules.map(({ name }) => name)).toEqual(['rule-1', 'rule-2']);
    expect(policy?.rules[0]).toMatchObject({
      memberOf: [copy.pseudonyms.text('group', 'SG-Ünal'), copy.id(id(2, 5))],
      assign: [{ sku: 'EMS', plans: { kind: 'disable', plans: ['INTUNE_A'] }, fallback: ['SPE_E3'] }],
      when: {
        source: `user.department -eq "Sales" -and user.mail -endsWith "@${copy.domain('contoso.com')}"`,
      },
    });
    expect(policy?.rules[1]?.when?.source).toBe(
      `user.displayName -in ["${copy.pseudonyms.text('person', person1.name)}"]`,
    );
    expect(policy?.tests[0]?.user).toMatchObject({ department: 'Sales', manager: { id: copy.id(id(1, 9)) } });
  });

  it.each([
    'user.displayName -contains "1"',
    'user.displayName -notContains "1"',
    'user.displayName -notMatch "1"',
    '-not (user.displayName -contains "1")',
    'user.displayName -contains "1" -or user.country -eq "NL"',
    '-not (user.proxyAddresses -any (_ -contains "1"))',
  ])('lets a rule that cannot be carried over be for no user, and says so: %s', (rule) => {
    const users = Array.from({ length: 900 }, (_, number) =>
      toUser({ ...person1, number, alias: `a${String(number)}`, name: `Person number ${String(number)}` }),
    );
    const { copy, userLines } = copyOf(users, [], { rules: [rule] });

    const made = rewriteRule(rule, copy);

    const reading = readMembershipRule(made.rule);
    if (!reading.valid) throw new Error(made.rule);
    const context = { now: 0, absent: 'null' } as const;
    expect(made.isLost).toBe(true);
    expect(userLines.filter((line) => reading.rule.evaluate(line, context) === true)).toEqual([]);
    expect(reading.rule.evaluate({}, context)).toBe(false);
  });

  it('takes products by the names that Microsoft sells them under for products, whatever users and groups are called', () => {
    const sold = `version: 1
exclusive: [[Microsoft 365 E5, Microsoft 365 E3]]
rules: [{ name: a, assign: [{ sku: 'Microsoft 365 E3', disable: [Teams] }, { sku: Teams }] }]
`;
    const guest = toUser({ ...person1, domain: 'microsoft.com' });
    const { copy } = copyOf([guest], [toGroup('Teams', 1)]);

    const { text: made } = rewritePolicy(sold, { ...copy, products: new Set(['spe_e3', 'spe_e5']) });

    expect(loadPolicy(made).policy?.exclusive).toEqual([['SPE_E5', 'SPE_E3']]);
    // What is no product, and the name of a group, is not told.
    expect(made).not.toContain('Teams');
    expect(made).toContain('Microsoft 365 E3');
  });

  it('keeps the form of addresses: prefixes, the mark of guests, domains within domains, the alias before the @', () => {
    const user = toUser({ ...person1, domain: 'sales.contoso.com' });
    const { userLines, copy } = copyOf(
      [
        {
          ...user,
          properties: {
            ...user.properties,
            userPrincipalName: 'ann_fabrikam.com#EXT#@contoso.onmicrosoft.com',
          },
        },
      ],
      [],
    );

    const [line] = userLines;
    const domain = copy.domain('contoso.com');
    expect(line?.['userPrincipalName']).toMatch(/^ls-\w+#EXT#@x\w+\.x\w+\.x\w+\.example$/);
    expect(line?.['mail']).toBe(`${String(line?.['mailNickname'])}@${copy.domain('sales.contoso.com')}`);
    expect(copy.domain('sales.contoso.com')).toMatch(new RegExp(`^x\\w+\\.${domain}$`));
    expect(line?.['proxyAddresses']).toEqual([
      `SMTP:${String(line?.['mail'])}`,
      expect.stringMatching(/^smtp:ls-\w+@/),
    ]);
  });

  it('replaces what is no rule for users', () => {
    const { copy } = copyOf([], [toGroup('Devices', 3, 'device.displayName -eq "Anns laptop"')]);

    expect(copy.lostRules()).toBe(1);
  });

  it('keeps departments, but not one that names a person or a group', () => {
    const { userLines } = copyOf(
      [
        toUser({ ...person1, department: 'Sales' }),
        toUser({ ...person1, number: 2, department: 'Team of Ann' }),
        toUser({ ...person1, number: 3, department: 'SG-ünal west' }),
      ],
      [toGroup('SG-Ünal', 1)],
      { departments: 'keep' },
    );

    expect(userLines.map(({ department }) => department)).toEqual([
      'Sales',
      expect.stringMatching(/^dprtmnt-/),
      expect.stringMatching(/^dprtmnt-/),
    ]);
  });

  it.each([
    // The tenant's name, however short its domain is, and as people call it.
    ['Abc Finance', { domain: 'abc.com' }],
    ['Abc Finance', { domain: 'mail.abc.co.uk' }],
    ['Abc Finance', { domain: 'abc.onmicrosoft.com' }],
    ['Contoso Finance', { domain: 'contoso-group.com' }],
    // Of an account that has only a display name nothing tells which word is the family name.
    ['Team Jansen', { name: 'Ann van Jansen', given: '' }],
    ['Team Jansen', { name: 'Jansen (Vendor)', given: '' }],
  ])('replaces the department %s of %j', (department, person) => {
    const { userLines, copy } = copyOf(
      [toUser({ ...person1, ...person }), toUser({ ...person1, ...person, number: 2, department })],
      [],
      { departments: 'keep' },
    );

    expect(userLines.map((line) => line['department'])).toEqual([
      'Sales',
      expect.stringMatching(/^dprtmnt-/),
    ]);
    expect(copy.values.counts().replaced).toBeGreaterThan(0);
  });

  it('keeps departments beside two-letter words of names and labels that many domains have, and counts them', () => {
    const departments = ['IT Support', 'Head of Sales', 'Finance co'];
    const { userLines, copy } = copyOf(
      departments.map((department, number) =>
        toUser({
          ...person1,
          number,
          name: 'Ann of It',
          title: 'Engineer',
          domain: 'fabrikam.co.uk',
          department,
        }),
      ),
      [],
      { departments: 'keep' },
    );

    expect(userLines.map(({ department }) => department)).toEqual(departments);
    // Three departments and a title stay; the division is called after a person.
    expect(copy.values.counts()).toEqual({ kept: 4, replaced: 1 });
  });

  it('has the day on which an account was created, and dates of hire as they are', () => {
    const user = toUser(person1);
    const dates = { createdDateTime: '2025-03-04T10:11:12Z', employeeHireDate: '2025-04-01T06:00:00Z' };
    const { userLines } = copyOf([{ ...user, properties: { ...user.properties, ...dates } }], []);

    expect(userLines[0]).toMatchObject({
      createdDateTime: '2025-03-04T00:00:00Z',
      employeeHireDate: '2025-04-01T06:00:00Z',
    });
  });
});
