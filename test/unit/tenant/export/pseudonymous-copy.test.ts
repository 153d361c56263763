import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldText } from '../../../../shared/policy/fold-case';
import { readMembershipRule } from '../../../../shared/policy/rule/membership-rule';
import type { ExportedUser } from '../../../../shared/tenant/export/export-input';
import { rewriteRule } from '../../../../shared/tenant/export/rewrite-rule';
import { copyOf, extension, id, tenant, toGroup, toUser } from '../../../support/graph/odd-people';
import type { Person } from '../../../support/graph/odd-people';

/** Every text in a value, keys of objects too: a name must not stand in one either. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const one of value) yield* textsIn(one);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      if (/^extension_/.test(key)) yield key;
      yield* textsIn(one);
    }
  }
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** Rules about what the tenant names. */
const rulesFor = ({ people, names }: { people: readonly Person[]; names: readonly string[] }) => {
  const [one] = people;
  if (one === undefined) return [];
  return [
    `user.displayName -eq ${quote(one.name)}`,
    `user.displayName -ne ${quote(one.name)}`,
    `user.displayName -startsWith ${quote(one.name.slice(0, 3))}`,
    `user.displayName -notContains ${quote(one.given)}`,
    `user.givenName -in ["Ann", "Ada"]`,
    `user.department -eq "Sales"`,
    `user.department -contains "sal"`,
    `user.department -notStartsWith "Field"`,
    `user.department -match "^(Field )?Sales$"`,
    `user.department -eq null`,
    `user.department -ne ""`,
    `user.jobTitle -endsWith "Manager" -and -not (user.jobTitle -startsWith "Account")`,
    `user.mail -endsWith "@${one.domain}"`,
    `user.mail -eq "${one.alias.toUpperCase()}@${one.domain}"`,
    `user.userPrincipalName -notContains "#EXT#"`,
    `user.userPrincipalName -startsWith "${one.alias}"`,
    `user.proxyAddresses -any (_ -startsWith "SMTP:ann@")`,
    `user.proxyAddresses -any (_ -eq "smtp:Ann@${one.domain}")`,
    `user.mailNickName -eq "${one.alias}"`,
    `user.employeeId -eq "E${String(70_000 + one.number)}"`,
    `user.extensionAttribute1 -eq ${quote(one.name)}`,
    `user.extensionAttribute1 -contains ${quote(one.name.slice(1))}`,
    `user.${extension} -eq "Manager"`,
    `user.${extension.toLowerCase()} -contains "age"`,
    `user.objectId -eq "${id(1, one.number).toUpperCase()}"`,
    `user.country -eq "NL" -and user.accountEnabled -eq true -and user.userType -eq "Member"`,
    `Direct Reports for "${id(1, one.manager ?? 0)}"`,
    `user.memberOf -any (group.objectId -in ["${id(2, 0)}"])`,
    ...names.map((name) => `user.memberOf -any (group.displayName -eq ${quote(name)})`),
    ...names.map((name) => `user.memberOf -any (group.displayName -startsWith ${quote(name.slice(0, 2))})`),
  ];
};

/** Names, addresses, domains and ids, as they are looked for in a copy. */
const originalsOf = ({ people, names }: { people: readonly Person[]; names: readonly string[] }) => [
  ...names,
  ...people.flatMap(({ number, name, given, alias: short, domain: at, manager }) => [
    name,
    given,
    short,
    `${short}@${at}`,
    at,
    id(1, number),
    `E${String(70_000 + number)}`,
    ...(manager === null ? [] : [id(1, manager)]),
  ]),
  ...names.map((_, number) => id(2, number)),
  '0123456789abcdef0123456789abcdef',
  'Badge',
];

describe('a tenant with pseudonyms', () => {
  it.each(['replace', 'keep'] as const)('has no original name, address, domain or id (%s)', (departments) => {
    fc.assert(
      fc.property(tenant, ({ people, names }) => {
        const rules = rulesFor({ people, names });
        const users = people.map(toUser);
        const groups = names.map((name, number) => toGroup(name, number, rules[number % rules.length]));
        const { userLines, groupLines } = copyOf(users, groups, { rules, departments });

        const texts = [...textsIn([userLines, groupLines])].map(foldText);

        for (const original of originalsOf({ people, names })) {
          const found = texts.filter((text) => text.includes(foldText(original)));
          expect({ original, found }).toEqual({ original, found: [] });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has rules for exactly the users of the original ones', () => {
    fc.assert(
      fc.property(tenant, ({ people, names }) => {
        const rules = rulesFor({ people, names });
        const users = people.map(toUser);
        const { copy, userLines } = copyOf(
          users,
          names.map((name, number) => toGroup(name, number)),
          { rules },
        );
        const context = { now: 0, absent: 'null' } as const;
        const judge = (source: string, user: Readonly<Record<string, unknown>>) => {
          const reading = readMembershipRule(source);
          return reading.valid ? reading.rule.evaluate(user, context) : reading.error.message;
        };
        for (const source of rules) {
          const { rule, isLost } = rewriteRule(source, copy);
          people.forEach((one, index) => {
            const { properties } = users[index] as ExportedUser;
            const before = judge(source, {
              ...properties,
              id: id(1, one.number),
              memberOf: one.groups.map((number) => ({ id: id(2, number), displayName: names[number] })),
            });
            const { managerId, ...line } = userLines[index] as Record<string, unknown>;
            const after = judge(rule, {
              ...line,
              manager: managerId === undefined ? null : { id: managerId },
              memberOf: one.groups.map((number) => ({
                id: copy.id(id(2, number)),
                displayName: copy.pseudonyms.text('group', String(names[number])),
              })),
            });
            expect({ source, rule, isLost, result: after }).toEqual({
              source,
              rule,
              isLost: false,
              result: before,
            });
          });
        }
      }),
      { numRuns: 40 },
    );
  });
});
