import { seededRandom } from '../../../emulator-kit/src/random';
import type { Random } from '../../../emulator-kit/src/random';
import { makeGuid } from './guid';
import { tenantLineSchema } from './tenant-line';
import type { TenantLine } from './tenant-line';
import { catalogueSku, catalogueSkus, planRuleLines } from './catalogue';
import { makePerson } from './person';
import { groupsForPerson, makeSampleGroups } from './sample-groups';
import type { SampleGroup } from './sample-groups';
import { manualLicenses, spareSeats } from './sample-licenses';

export type TenantOptions = {
  /** 1 to 200,000, guests and disabled accounts included. */
  readonly users: number;
  readonly seed: number;
};

/** The tenant that the program serves when no file is named. */
export const sampleOptions: TenantOptions = { users: 300, seed: 20160401 };

const domain = 'contoso.com';
const birthday = Date.UTC(2020, 0, 6, 8);
const dayMs = 24 * 3_600_000;

type Person = ReturnType<typeof makePerson>;

/** A whole tenant, the same for the same options on every machine. */
export function* makeTenant({ users, seed }: TenantOptions): Generator<TenantLine> {
  const random = seededRandom(seed);
  yield tenantLineSchema.parse({
    type: 'tenant',
    tenantId: makeGuid(random),
    displayName: 'Contoso',
    domains: [domain, 'contoso.onmicrosoft.com'],
    countryLetterCode: 'NL',
  });
  for (const rule of planRuleLines()) yield tenantLineSchema.parse(rule);

  const groups = makeSampleGroups(random);
  giveGroupLicenses(groups);
  const used = new Map<string, number>();
  const managers = new Map<unknown, string[]>();
  for (let number = 0; number < users; number += 1) {
    const person = number % 20 === 19 ? makeGuest(random, number) : makeStaff(random, number, managers);
    const held = holdSomething(person, number, random, groups);
    for (const skuId of new Set(held.skuIds)) used.set(skuId, (used.get(skuId) ?? 0) + 1);
    yield { type: 'user', ...held.person, ...signIns(person, number) } as TenantLine;
  }

  for (const sku of catalogueSkus) {
    const seats = (used.get(sku.skuId) ?? 0) + spareSeats(sku.skuPartNumber, users);
    const isSuspended = sku.capabilityStatus === 'Suspended';
    const { displayName: _, ...rest } = sku;
    yield tenantLineSchema.parse({
      type: 'sku',
      ...rest,
      prepaidUnits: isSuspended ? { enabled: 0, suspended: seats } : { enabled: seats },
      subscriptionIds: [makeGuid(random)],
    });
  }
  for (const group of groups.values()) yield toGroupLine(group);
}

function makeStaff(random: Random, number: number, managers: Map<unknown, string[]>): Person {
  const isSynced = random() < 0.8;
  const createdAt = birthday + Math.floor(random() * 1_500) * dayMs;
  const person = makePerson({ random, domain, number, isSynced, createdAt });
  const candidates = managers.get(person.department) ?? [];
  if (candidates.length > 0) person.managerId = candidates[Math.floor(random() * candidates.length)];
  if (candidates.length < 50 || number % 15 === 0) candidates.push(person.id);
  managers.set(person.department, candidates);
  // Every 25th account is switched off: a person who left and still holds licenses.
  if (number % 25 === 24) person.accountEnabled = false;
  return person;
}

/** Every 16th user never signed in; without chance, so that the rest of a tenant stays as it was. */
function signIns({ createdDateTime }: Person, number: number): Record<string, unknown> {
  if (number % 16 === 15 || typeof createdDateTime !== 'string') return {};
  const at = Date.parse(createdDateTime) + (30 + (number % 300)) * dayMs;
  return { signInActivity: { lastSignInDateTime: new Date(at).toISOString() } };
}

function makeGuest(random: Random, number: number): Person {
  const id = makeGuid(random);
  return {
    id,
    userPrincipalName: `partner.${number}_fabrikam.com#EXT#@contoso.onmicrosoft.com`,
    mailNickname: `partner.${number}_fabrikam.com#EXT#`,
    displayName: `Partner ${number}`,
    mail: `partner.${number}@fabrikam.com`,
    accountEnabled: true,
    userType: 'Guest',
    creationType: 'Invitation',
    externalUserState: 'Accepted',
    createdDateTime: new Date(birthday + number * 60_000).toISOString(),
  };
}

function holdSomething(
  person: Person,
  number: number,
  random: Random,
  groups: ReadonlyMap<string, SampleGroup>,
): { person: Person; skuIds: string[] } {
  if (person.userType === 'Guest') return { person: { ...person, assignedLicenses: [] }, skuIds: [] };
  const hasE5 = person.department === 'Engineering' && random() < 0.1;
  const direct = manualLicenses(person.department, hasE5, random);
  const names = groupsForPerson(person, random);
  if (person.department === 'Finance' && random() < 0.4) names.push('LIC-Power-BI');
  if (person.department === 'Production' && random() < 0.5) names.push('LIC-Frontline');
  const at = person.createdDateTime;
  const inherited = names.flatMap((name) => {
    const group = groups.get(name);
    group?.members.push(person.id);
    return (group?.assignedLicenses ?? []).map((license) => ({
      ...license,
      assignedByGroup: group?.id ?? null,
    }));
  });
  const states = [...direct.map((license) => ({ ...license, assignedByGroup: null })), ...inherited];
  // Every user with a direct license has a usage location; of the others only one in five has.
  const hasLocation = direct.length > 0 || random() < 0.2;
  return {
    person: {
      ...person,
      ...(hasLocation ? { usageLocation: person.country } : {}),
      licenseAssignmentStates: states.map((state) => ({ ...state, error: null, lastUpdatedDateTime: at })),
    },
    skuIds: states.map(({ skuId }) => skuId),
  };
}

function giveGroupLicenses(groups: ReadonlyMap<string, SampleGroup>): void {
  groups
    .get('LIC-Power-BI')
    ?.assignedLicenses.push({ skuId: catalogueSku('POWER_BI_PRO').skuId, disabledPlans: [] });
  groups
    .get('LIC-Frontline')
    ?.assignedLicenses.push({ skuId: catalogueSku('SPE_F1').skuId, disabledPlans: [] });
}

function toGroupLine(group: SampleGroup): TenantLine {
  const { isSynced, ...rest } = group;
  return tenantLineSchema.parse({
    type: 'group',
    ...rest,
    groupTypes: [],
    mailEnabled: false,
    mailNickname: group.displayName,
    securityEnabled: true,
    createdDateTime: new Date(birthday).toISOString(),
    ...(isSynced ? { onPremisesSyncEnabled: true } : {}),
  });
}
