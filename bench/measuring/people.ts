import { isoTime, systemClock } from '../../shared/kernel/clock';
import { seededRandom } from '../../shared/kernel/random';
import { makePerson } from '@auto-licenser/graph-emulator/person';
import { makeGuid } from '@auto-licenser/graph-emulator/guid';

export type NewPerson = Readonly<Record<string, unknown>>;

/** Departments to which policy/sample-tenant.yaml gives a license by department alone. */
const licensedDepartments: ReadonlySet<unknown> = new Set([
  'Sales',
  'Finance',
  'Engineering',
  'HR',
  'Production',
  'IT',
  'Marketing',
]);

/**
 * People as directory sync brings them, each of whom the sample tenant's policy licenses; every `bareEvery`-th comes
 * without a usage location (0: none). Numbers, and with them names, begin at `first`.
 */
export function makeNewPeople(options: {
  readonly count: number;
  readonly first: number;
  readonly bareEvery: number;
}): readonly NewPerson[] {
  const { count, first, bareEvery } = options;
  const random = seededRandom(first);
  const people: NewPerson[] = [];
  for (let number = first; people.length < count; number++) {
    const createdAt = systemClock.now();
    const person = makePerson({ random, domain: 'contoso.com', number, isSynced: true, createdAt });
    // Planners wait for a seat: the sample tenant has none of what they get.
    if (!licensedDepartments.has(person['department']) || person['jobTitle'] === 'Planner') continue;
    const isBare = bareEvery > 0 && people.length % bareEvery === 0;
    people.push({ ...person, ...(isBare ? {} : { usageLocation: person['country'] }) });
  }
  return people;
}

/** Staff who hold a whole EMS license by hand, as in the examples of the seed; members of `department`. */
export function makeHolders(options: {
  readonly count: number;
  readonly first: number;
  readonly department: string;
  readonly skuId: string;
}): readonly NewPerson[] {
  const { count, first, department, skuId } = options;
  const random = seededRandom(first);
  return Array.from({ length: count }, (_, index) => {
    const name = `holder.${first + index}`;
    return {
      id: makeGuid(random),
      userPrincipalName: `${name}@contoso.com`,
      displayName: name,
      department,
      country: 'NL',
      usageLocation: 'NL',
      userType: 'Member',
      accountEnabled: true,
      createdDateTime: isoTime(systemClock.now()),
      assignedLicenses: [{ skuId, disabledPlans: [] }],
    };
  });
}
