import { describe, expect, it } from '@jest/globals';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import { foldText } from '../../../../shared/policy/fold-case';
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

  it('says which rules could not be carried over, and lets them be for no user', () => {
    const rule = 'user.displayName -contains "1"';
    const users = Array.from({ length: 900 }, (_, number) =>
      toUser({ ...person1, number, name: `Person number ${String(number)}` }),
    );
    const { copy } = copyOf(users, [], { rules: [rule] });

    const made = rewriteRule(rule, copy);

    expect(made).toMatchObject({ isLost: true });
    expect(made.rule).toMatch(/^user\.displayName -in \["nmtchd-\w+"\]$/);
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
});
