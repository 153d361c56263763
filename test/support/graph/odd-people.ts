import fc from 'fast-check';
import { pseudonymousCopy } from '../../../shared/tenant/export/copy-tenant';
import type { ExportedGroup, ExportedUser } from '../../../shared/tenant/export/export-input';
import { pathsLookedInto } from '../../../shared/tenant/export/rewrite-rule';
import { groupLine, userLine } from '../../../shared/tenant/export/tenant-lines';
import type { Departments } from '../../../shared/tenant/export/user-values';

export const id = (kind: number, number: number) =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const extension = 'extension_0123456789abcdef0123456789abcdef_Badge';

export type Person = {
  readonly number: number;
  readonly name: string;
  readonly given: string;
  readonly alias: string;
  readonly domain: string;
  readonly department: string | null;
  readonly title: string;
  readonly groups: readonly number[];
  readonly manager: number | null;
};

export const toUser = (person: Person): ExportedUser => ({
  id: id(1, person.number),
  assignments: [],
  properties: {
    userPrincipalName: `${person.alias}${String(person.number)}@${person.domain}`,
    mail: `${person.alias}@${person.domain}`,
    mailNickname: person.alias,
    proxyAddresses: [`SMTP:${person.alias}@${person.domain}`, `smtp:${person.given}@${person.domain}`],
    displayName: person.name,
    givenName: person.given,
    department: person.department,
    jobTitle: person.title,
    userType: 'Member',
    accountEnabled: true,
    country: 'NL',
    employeeId: `E${String(70_000 + person.number)}`,
    employeeOrgData: { division: `Division of ${person.name}`, costCenter: null },
    onPremisesExtensionAttributes: { extensionAttribute1: person.name, extensionAttribute2: null },
    [extension]: person.title,
    streetAddress: `${person.name} Street 1`,
    manager: person.manager === null ? null : { id: id(1, person.manager) },
  },
});

export const toGroup = (name: string, number: number, rule: string | null = null): ExportedGroup => ({
  id: id(2, number),
  displayName: name,
  membershipRule: rule,
  assignedLicenses: [],
  properties: {
    description: `Everybody of ${name}`,
    mail: `${String(number)}.team@contoso.com`,
    mailNickname: name,
    securityEnabled: true,
    ...(rule === null ? {} : { membershipRule: rule }),
  },
});

/** Without letters: a name such as Ada could stand in a random id by chance. */
function freshIds(): () => string {
  let made = 0;
  return () => id(99, ++made);
}

/** The copy of a tenant, in the order in which an export reads it. */
export function copyOf(
  users: readonly ExportedUser[],
  groups: readonly ExportedGroup[],
  { rules = [], departments = 'replace' }: { rules?: readonly string[]; departments?: Departments } = {},
) {
  const all = [...rules, ...groups.flatMap(({ membershipRule }) => membershipRule ?? [])];
  const copy = pseudonymousCopy(departments, new Set(all.flatMap(pathsLookedInto)), freshIds());
  for (const group of groups) copy.hearGroup(group);
  const first = users.map((user) => userLine(copy.user(user)));
  const groupLines = groups.map((group) =>
    groupLine(
      copy.group(group),
      users.map((user) => copy.id(user.id)),
    ),
  );
  const userLines = first.map((line) => copy.finalLine?.(line) ?? line);
  return { copy, userLines, groupLines };
}

/** Odd texts: quotes, accents in both forms, other scripts, blanks, names within names. */
const odd = fc
  .array(
    fc.constantFrom(
      'Ann',
      'Anna',
      'Annabel',
      "O'Neil",
      '"Ace"',
      'Jose\u0301',
      'Jos\u00e9',
      '漢字',
      'Ünal',
      '\\',
      '`',
      '-',
      ' ',
      '.',
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => /\p{L}{2}/u.test(text) && text.trim() === text);
const alias = fc.constantFrom('ann', 'anna', 'annabel', 'ada.o-neil', 'ace_1');
const domain = fc.constantFrom('contoso.com', 'sales.contoso.com', 'fabrikam.co.uk');
const person = (number: number, count: number, groups: number): fc.Arbitrary<Person> =>
  fc.record({
    number: fc.constant(number),
    name: odd,
    given: fc.constantFrom('Ann', 'Anna', 'Ada', 'Ünal'),
    alias,
    domain,
    department: fc.constantFrom(null, '', 'Sales', 'SALES', 'Field Sales', 'Ärzte', 'R&D "Lab"'),
    title: fc.constantFrom('Manager', 'Account Manager', 'Engineer'),
    groups: groups === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(groups - 1)),
    manager: fc.option(fc.nat(count - 1)),
  });
export const tenant = fc
  .record({
    count: fc.integer({ min: 1, max: 6 }),
    names: fc.uniqueArray(odd, { minLength: 1, maxLength: 3 }),
  })
  .chain(({ count, names }) =>
    fc.record({
      people: fc.tuple(...Array.from({ length: count }, (_, number) => person(number, count, names.length))),
      names: fc.constant(names),
    }),
  );
