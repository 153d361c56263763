import { isoTime } from '../../../emulator-kit/src/clock';
import type { Random } from '../../../emulator-kit/src/random';
import { makeGuid } from './guid';

const givenNames =
  'Ada Amina Anna Ben Bram Carla Chen Daan Dana Elif Emma Erik Fatima Finn Grace Hana Hugo Ines Ivan Jana Jonas Kofi Lars Lena Lucas Maja Marco Mila Nadia Noah Olga Omar Petra Rosa Sara Sem Tariq Tess Vera Yusuf'.split(
    ' ',
  );
const surnames =
  'Adams Bakker Becker Costa Dahl Dubois Evans Ferrari Garcia Haas Ito Jansen Kaya Keller Kowalski Larsen Lopez Meyer Moreau Nagy Novak Okafor Olsen Patel Peters Rossi Santos Schmidt Silva Smit Tanaka Visser Wagner Weber Wilson Yilmaz'.split(
    ' ',
  );

type Place = { readonly country: string; readonly city: string; readonly office: string };
const places: readonly Place[] = [
  { country: 'NL', city: 'Utrecht', office: 'UTR-1' },
  { country: 'NL', city: 'Eindhoven', office: 'EIN-2' },
  { country: 'DE', city: 'Hamburg', office: 'HAM-1' },
  { country: 'FR', city: 'Lyon', office: 'LYS-1' },
  { country: 'GB', city: 'Leeds', office: 'LDS-3' },
  { country: 'US', city: 'Portland', office: 'PDX-1' },
  { country: 'ES', city: 'Valencia', office: 'VLC-1' },
];

export type Department = {
  readonly name: string;
  /** Share of the staff, in parts of 100. */
  readonly share: number;
  readonly titles: readonly string[];
  readonly division: string;
};

/** Departments of the sample tenant with their share of people. */
export const departments: readonly Department[] = [
  {
    name: 'Sales',
    share: 20,
    titles: ['Account Manager', 'Sales Engineer', 'Inside Sales'],
    division: 'Commercial',
  },
  {
    name: 'Finance',
    share: 10,
    titles: ['Accountant', 'Controller', 'Payroll Officer'],
    division: 'Corporate',
  },
  {
    name: 'Engineering',
    share: 25,
    titles: ['Engineer', 'Senior Engineer', 'Architect'],
    division: 'Technology',
  },
  { name: 'HR', share: 5, titles: ['HR Advisor', 'Recruiter'], division: 'Corporate' },
  { name: 'Production', share: 22, titles: ['Operator', 'Line Lead', 'Planner'], division: 'Operations' },
  { name: 'IT', share: 8, titles: ['System Administrator', 'Support Engineer'], division: 'Technology' },
  { name: 'Marketing', share: 6, titles: ['Campaign Manager', 'Designer'], division: 'Commercial' },
  { name: 'Legal', share: 4, titles: ['Counsel', 'Paralegal'], division: 'Corporate' },
];

/** One of the items, each as likely as any other. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('Nothing to pick from');
  return item;
}

function pickDepartment(random: Random): Department {
  let left = random() * 100;
  for (const department of departments) {
    left -= department.share;
    if (left < 0) return department;
  }
  return pick(random, departments);
}

export type PersonOptions = {
  readonly random: Random;
  readonly domain: string;
  /** Makes the names unique. */
  readonly number: number;
  readonly isSynced: boolean;
  /** When the account came to be (ms). */
  readonly createdAt: number;
};

/** A member of staff as directory sync brings them, or as made by hand; usageLocation is left to the caller. */
export function makePerson(options: PersonOptions): { id: string; [property: string]: unknown } {
  const { random, domain, number, isSynced, createdAt } = options;
  const id = makeGuid(random);
  const givenName = pick(random, givenNames);
  const surname = pick(random, surnames);
  const department = pickDepartment(random);
  const place = pick(random, places);
  const alias = `${givenName}.${surname}.${number}`.toLowerCase();
  const isContractor = random() < 0.08;
  const person = {
    id,
    userPrincipalName: `${alias}@${domain}`,
    mailNickname: alias,
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    accountEnabled: true,
    userType: 'Member',
    department: department.name,
    jobTitle: pick(random, department.titles),
    companyName: 'Contoso',
    officeLocation: place.office,
    city: place.city,
    country: place.country,
    employeeId: String(100_000 + number),
    employeeType: isContractor ? 'Contractor' : 'Employee',
    employeeOrgData: employeeOrgDataOf(department),
    createdDateTime: isoTime(createdAt),
  };
  return isSynced ? { ...person, ...makeSyncedPart(person, department, domain, createdAt) } : person;
}

/** https://learn.microsoft.com/graph/api/resources/employeeorgdata */
export function employeeOrgDataOf(department: Department): { division: string; costCenter: string } {
  return { division: department.division, costCenter: `CC${100 + departments.indexOf(department)}` };
}

/** https://learn.microsoft.com/entra/identity/hybrid/connect/reference-connect-sync-attributes-synchronized */
function makeSyncedPart(
  person: { id: string; displayName: string; country: string; mailNickname: string },
  department: Department,
  domain: string,
  at: number,
) {
  const suffix = domain
    .split('.')
    .map((part) => `DC=${part}`)
    .join(',');
  return {
    onPremisesSyncEnabled: true,
    onPremisesLastSyncDateTime: isoTime(at),
    onPremisesDomainName: domain,
    onPremisesSamAccountName: person.mailNickname.slice(0, 20),
    onPremisesImmutableId: Buffer.from(person.id.replaceAll('-', ''), 'hex').toString('base64'),
    onPremisesDistinguishedName: `CN=${person.displayName},OU=${department.name},OU=${person.country},OU=Staff,${suffix}`,
    onPremisesExtensionAttributes: {
      extensionAttribute1: department.division,
      extensionAttribute2: person.country,
    },
  };
}
