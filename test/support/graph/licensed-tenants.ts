import { catalogueSkus, planRuleLines } from '@auto-licenser/graph-emulator/catalogue';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { plan, sku } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { seededRandom } from '../../../shared/kernel/random';

/** What a user of such a tenant holds: part number, plans off, and the group that gives it. */
type Held = {
  readonly part: string;
  readonly off?: readonly string[];
  readonly group?: string;
  readonly error?: string;
};
type Person = {
  readonly number: number;
  readonly department: string;
  readonly country: string;
  readonly officeLocation: string;
  readonly employeeType: string;
};

const departments = ['Sales', 'Finance', 'Engineering', 'HR', 'Production', 'Legal'];
const offices: Readonly<Record<string, readonly string[]>> = {
  NL: ['Utrecht', 'Delft'],
  FR: ['Lyon'],
  US: ['Austin'],
};

const id = (kind: number, number: number) =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const groupId = (number: number) => id(2, number);

/** Groups by name; `inner`: numbers of groups inside it. */
type Group = {
  readonly name: string;
  readonly number: number;
  readonly inner?: readonly number[];
  readonly rule?: string;
};

function makeLines(
  count: number,
  seed: number,
  groups: readonly Group[],
  hold: (person: Person, random: () => number) => readonly Held[],
  isMember: (person: Person, group: Group, held: readonly Held[]) => boolean,
): TenantLine[] {
  const random = seededRandom(seed);
  const members = new Map(groups.map(({ number }) => [number, [] as string[]]));
  const used = new Map<string, number>();
  const users = Array.from({ length: count }, (_, number) => {
    const country = ['NL', 'NL', 'FR', 'US'][Math.floor(random() * 4)] as string;
    const [office = '', other = office] = offices[country] ?? [];
    const person: Person = {
      number,
      department: departments[Math.floor(random() * departments.length)] as string,
      country,
      officeLocation: random() < 0.5 ? office : other,
      employeeType: random() < 0.15 ? 'Contractor' : 'Employee',
    };
    const isGuest = number % 25 === 24;
    const isDisabled = number % 20 === 19;
    const held = isGuest ? [] : hold(person, random);
    for (const group of groups) {
      if (!isGuest && isMember(person, group, held)) members.get(group.number)?.push(id(1, number));
    }
    for (const part of new Set(held.filter(({ error }) => error === undefined).map((one) => one.part))) {
      used.set(part, (used.get(part) ?? 0) + 1);
    }
    return tenantLineSchema.parse({
      type: 'user',
      id: id(1, number),
      userPrincipalName: `user${String(number)}@contoso.com`,
      displayName: `User ${String(number)}`,
      accountEnabled: !isDisabled,
      userType: isGuest ? 'Guest' : 'Member',
      usageLocation: country,
      department: person.department,
      country,
      officeLocation: person.officeLocation,
      employeeType: person.employeeType,
      licenseAssignmentStates: held.map(({ part, off = [], group, error = null }) => ({
        skuId: sku(part),
        disabledPlans: off.map((name) => plan(part, name)),
        assignedByGroup: group ?? null,
        error,
      })),
    });
  });
  return [
    tenantLineSchema.parse({
      type: 'tenant',
      tenantId: id(9, seed),
      displayName: 'Contoso',
      domains: ['contoso.com'],
      countryLetterCode: 'NL',
    }),
    ...planRuleLines().map((line) => tenantLineSchema.parse(line)),
    ...catalogueSkus.map(({ displayName: _, ...one }) =>
      tenantLineSchema.parse({
        type: 'sku',
        ...one,
        prepaidUnits: { enabled: (used.get(one.skuPartNumber) ?? 0) + 200 },
      }),
    ),
    ...users,
    ...groups.map(({ name, number, inner = [], rule }) =>
      tenantLineSchema.parse({
        type: 'group',
        id: groupId(number),
        displayName: name,
        securityEnabled: true,
        groupTypes: rule === undefined ? [] : ['DynamicMembership'],
        ...(rule === undefined ? {} : { membershipRule: rule, membershipRuleProcessingState: 'On' }),
        members: [...(members.get(number) ?? []), ...inner.map(groupId)],
      }),
    ),
  ];
}

/** Everything comes by groups: an assigned one, a dynamic one, and one with a group inside it that gets nothing. */
export function groupBasedTenant(count: number): TenantLine[] {
  const groups: readonly Group[] = [
    { name: 'LIC-E3', number: 1 },
    {
      name: 'LIC EMS of Sales',
      number: 2,
      rule: 'user.department -eq "Sales" -and user.accountEnabled -eq true',
    },
    { name: 'LIC-Visio', number: 3, inner: [4] },
    { name: 'Project', number: 4 },
  ];
  const isSales = ({ department, number }: Person) => department === 'Sales' && number % 20 !== 19;
  return makeLines(
    count,
    31,
    groups,
    (person, random) => [
      ...(person.department === 'Engineering' || person.department === 'HR'
        ? [
            random() < 0.005
              ? { part: 'SPE_E3', group: groupId(1), error: 'CountViolation' }
              : { part: 'SPE_E3', off: ['YAMMER_ENTERPRISE'], group: groupId(1) },
          ]
        : []),
      ...(isSales(person) ? [{ part: 'EMS', off: ['INTUNE_A'], group: groupId(2) }] : []),
      ...(person.number % 11 === 0 ? [{ part: 'VISIOCLIENT', group: groupId(3) }] : []),
    ],
    (person, { number }, held) =>
      number === 4
        ? person.number % 11 === 1
        : held.some(({ group }) => group === groupId(number)) || (number === 2 && isSales(person)),
  );
}

/** Everything was given by hand, by department; one in fifty was forgotten or got something else. */
export function directTenant(count: number): TenantLine[] {
  return makeLines(
    count,
    32,
    [],
    ({ department }, random) => {
      if (random() < 0.01) return random() < 0.5 ? [] : [{ part: 'FLOW_FREE' }];
      switch (department) {
        case 'Sales':
          return [{ part: 'EMS', off: ['INTUNE_A'] }, { part: 'STANDARDPACK' }];
        case 'Finance':
          return [{ part: 'EMS' }, { part: 'STANDARDPACK' }];
        case 'Engineering':
          return [{ part: random() < 0.2 ? 'SPE_E5' : 'SPE_E3' }];
        case 'HR':
          return [{ part: 'SPE_E3', off: ['SWAY'] }];
        case 'Production':
          return [{ part: 'SPE_F1' }];
        default:
          return [];
      }
    },
    () => false,
  );
}

/** Groups, hands and habits: contractors in another way, one office with something of its own, and a tenth by no rule. */
export function messyTenant(count: number): TenantLine[] {
  const groups: readonly Group[] = [
    { name: 'LIC Power BI', number: 1 },
    { name: 'Frontline', number: 2 },
  ];
  return makeLines(
    count,
    33,
    groups,
    ({ department, country, employeeType, officeLocation }, random) => {
      const odd = random();
      if (odd < 0.02) return [];
      const by: Held[] = [];
      if (department === 'Production') by.push({ part: 'SPE_F1', group: groupId(2) });
      else if (employeeType === 'Contractor') by.push({ part: 'EMS', off: odd < 0.2 ? [] : ['INTUNE_A'] });
      else if (department !== 'Legal') by.push({ part: 'SPE_E3', off: odd < 0.3 ? ['SWAY'] : [] });
      else if (country === 'US') by.push({ part: 'STANDARDPACK' });
      if (department === 'Finance' && odd > 0.4) by.push({ part: 'POWER_BI_PRO', group: groupId(1) });
      if (officeLocation === 'Lyon' && employeeType === 'Employee') by.push({ part: 'VISIOCLIENT' });
      if (random() < 0.1) by.push({ part: 'FLOW_FREE' });
      return by;
    },
    (_person, { number }, held) => held.some(({ group }) => group === groupId(number)),
  );
}
