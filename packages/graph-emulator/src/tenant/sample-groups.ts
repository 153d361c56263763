import type { Random } from '../../../emulator-kit/src/random';
import { makeGuid } from './guid';

export type SampleGroup = {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly isSynced: boolean;
  readonly members: string[];
  readonly assignedLicenses: { skuId: string; disabledPlans: string[] }[];
};

const outline: readonly (readonly [name: string, description: string, inside: string | null])[] = [
  ['SG-Staff', 'Everybody with a contract', null],
  ['SG-Sales', 'Department Sales', 'SG-Staff'],
  ['SG-Finance', 'Department Finance', 'SG-Staff'],
  ['SG-Engineering', 'Department Engineering', 'SG-Staff'],
  ['SG-Platform', 'Engineers of the platform', 'SG-Engineering'],
  ['SG-Platform-On-Call', 'Platform engineers on call', 'SG-Platform'],
  ['SG-HR', 'Department HR', 'SG-Staff'],
  ['SG-Production', 'Department Production', 'SG-Staff'],
  ['SG-IT', 'Department IT', 'SG-Staff'],
  ['SG-Marketing', 'Department Marketing', 'SG-Staff'],
  ['SG-Legal', 'Department Legal', 'SG-Staff'],
  ['SG-Contractors', 'Everybody on a contract of hire', null],
  ['LIC-Power-BI', 'Members get Power BI Pro by group license', null],
  ['LIC-Frontline', 'Members get Microsoft 365 F3 by group license', null],
];

const forAll: readonly string[] = ['SG-Staff', 'SG-Contractors'];

/** A group whose members are the people of one department, or of a team in it. */
export function isDepartmentGroup(displayName: string): boolean {
  return displayName.startsWith('SG-') && !forAll.includes(displayName);
}

/** The groups of the sample tenant, nested, still without users. */
export function makeSampleGroups(random: Random): Map<string, SampleGroup> {
  const groups = new Map<string, SampleGroup>();
  for (const [displayName, description, inside] of outline) {
    const id = makeGuid(random);
    groups.set(displayName, {
      id,
      displayName,
      description,
      isSynced: displayName.startsWith('SG-'),
      members: [],
      assignedLicenses: [],
    });
    if (inside) groups.get(inside)?.members.push(id);
  }
  return groups;
}

/** The groups a person is put into, by department and a little chance. */
export function groupsForPerson(person: Readonly<Record<string, unknown>>, random: Random): string[] {
  const names: string[] = [];
  const chance = random();
  if (person.department === 'Engineering' && chance < 0.4) {
    names.push(chance < 0.1 ? 'SG-Platform-On-Call' : 'SG-Platform');
  } else if (typeof person.department === 'string') names.push(`SG-${person.department}`);
  if (person.employeeType === 'Contractor') names.push('SG-Contractors');
  return names;
}
