import { seededRandom } from '../../../shared/kernel/random';
import { makeDraw } from '../named-tenants/make-case';
import type { Draw } from '../named-tenants/make-case';

/** Plans and SKUs with Microsoft's own ids, https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference */
export const plans = {
  INTUNE_A: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5',
  AAD_PREMIUM: '41781fb2-bc02-4b7c-bd55-b576c07bb09d',
  MFA_PREMIUM: '8a256a2b-b617-496d-b51b-e76466e88db0',
  EXCHANGE_S_STANDARD: '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
  EXCHANGE_S_ENTERPRISE: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
  SHAREPOINTSTANDARD: 'c7699d2e-19aa-44de-8edf-1736da088ca1',
  SHAREPOINTENTERPRISE: '5dbe027f-2339-4123-9542-606e4d348a72',
  TEAMS1: '57ff2da0-773e-42df-b2af-ffb7a2317929',
  MCOEV: '4828c8ec-dc2e-4779-b502-87ac9ce28ab7',
  YAMMER_ENTERPRISE: '7547a3fe-08ee-4ccb-b430-5077c5041653',
  BI_AZURE_P2: '70d33638-9c74-4d01-bfd3-562de28bd4ba',
} as const;
export type PlanName = keyof typeof plans;
export const skus = {
  EMS: { id: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e', plans: ['AAD_PREMIUM', 'MFA_PREMIUM', 'INTUNE_A'] },
  SPE_E3: {
    id: '05e9a617-0261-4cee-bb44-138d3ef5d965',
    plans: ['EXCHANGE_S_ENTERPRISE', 'SHAREPOINTENTERPRISE', 'TEAMS1', 'INTUNE_A', 'YAMMER_ENTERPRISE'],
  },
  SPE_E5: {
    id: '06ebc4ee-1bb5-47dd-8120-11324bc54e06',
    plans: [
      'EXCHANGE_S_ENTERPRISE',
      'SHAREPOINTENTERPRISE',
      'TEAMS1',
      'INTUNE_A',
      'MCOEV',
      'YAMMER_ENTERPRISE',
    ],
  },
  STANDARDPACK: {
    id: '18181a46-0d4e-45cd-891e-60aabd171b4e',
    plans: ['EXCHANGE_S_STANDARD', 'SHAREPOINTSTANDARD', 'TEAMS1', 'YAMMER_ENTERPRISE'],
  },
  POWER_BI_PRO: { id: 'f8a1db68-be16-40ed-86d5-cb42ce701560', plans: ['BI_AZURE_P2'] },
} as const satisfies Record<string, { id: string; plans: readonly PlanName[] }>;
export type SkuName = keyof typeof skus;

/** Plans of which a user may not have two. */
export const exclusivePlans: readonly (readonly [PlanName, PlanName])[] = [
  ['EXCHANGE_S_STANDARD', 'EXCHANGE_S_ENTERPRISE'],
  ['SHAREPOINTSTANDARD', 'SHAREPOINTENTERPRISE'],
];

export const oddPolicy = `version: 1
scope: { when: 'user.userType -eq "Member" -and user.accountEnabled -eq true' }
usageLocation: { from: country }
exclusive: [[SPE_E5, SPE_E3]]
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
  - name: support
    when: 'user.department -in ["Support", "Ärzte"]'
    assign: [{ sku: EMS }]
  - name: engineers
    memberOf: [SG-Engineers]
    assign: [{ sku: SPE_E3 }]
  - name: heads
    when: 'user.jobTitle -startsWith "Head"'
    assign: [{ sku: SPE_E5 }]
  - name: vips
    when: 'user.proxyAddresses -any (_ -startsWith "SMTP:vip")'
    assign: [{ sku: POWER_BI_PRO }]
  - name: starters
    when: 'user.employeeHireDate -le (system.now -plus P14D)'
    assign: [{ sku: POWER_BI_PRO }]
removal: { mode: keep }
`;

export const groupIds = {
  engineers: 'a1000000-0000-4000-8000-000000000001',
  nested: 'a1000000-0000-4000-8000-000000000002',
  team: 'a1000000-0000-4000-8000-000000000003',
  e3: 'a1000000-0000-4000-8000-000000000004',
  e3WithoutYammer: 'a1000000-0000-4000-8000-000000000005',
} as const;
export type GroupName = keyof typeof groupIds;

/** A value of a user, and what the oracle is to make of it. */
type Odd<Value, Meaning> = readonly (readonly [Value, Meaning])[];

const departments: Odd<string | null, 'sales' | 'support' | 'none'> = [
  ['Sales', 'sales'],
  ['SALES', 'sales'],
  ['sales', 'sales'],
  ['Sales ', 'none'],
  [' Sales', 'none'],
  ['Sales\u00a0', 'none'],
  ['Salesforce', 'none'],
  ['Support', 'support'],
  ['\u00c4rzte', 'support'],
  ['A\u0308rzte', 'support'],
  ['\u00e4RZTE', 'support'],
  ['Arzte', 'none'],
  [null, 'none'],
  ['__proto__', 'none'],
  ['"Sales"', 'none'],
];
const jobTitles: Odd<string | null, boolean> = [
  [null, false],
  ['Head of Sales', true],
  ['HEAD', true],
  ['head\u200bmaster', true],
  [' Head', false],
  ['Ahead', false],
  ['Engineer', false],
  ['Engineer', false],
];
const countries: Odd<string | null, string | null> = [
  ['NL', 'NL'],
  ['nl', 'NL'],
  ['NLD', 'NL'],
  ['Netherlands', 'NL'],
  ['Nederland', 'NL'],
  ['U.S.A.', 'US'],
  ['United States of America', 'US'],
  ['DEU', 'DE'],
  ['Deutschland', 'DE'],
  ['EL', 'GR'],
  ['Atlantis', null],
  ['XX', null],
  ['EU', null],
  [null, null],
];
const userTypes: Odd<string | null, boolean> = [
  ['Member', true],
  ['Member', true],
  ['Member', true],
  ['Member', true],
  ['Guest', false],
  [null, false],
];
const addresses: Odd<readonly string[], boolean> = [
  [[], false],
  [['smtp:a@contoso.com'], false],
  [['SMTP:vip.a@contoso.com'], true],
  [['smtp:x@contoso.com', 'smtp:VIP.b@contoso.com'], true],
  [['SMTP:a.vip@contoso.com'], false],
];
/** Days from now. */
const hireDays: Odd<number | null, boolean> = [
  [null, false],
  [null, false],
  [-4_000, true],
  [10, true],
  [30, false],
];
const names = [
  'Ann',
  "O'Neil, Zoë",
  '李 小龍',
  '\u202eevil',
  'A'.repeat(200),
  '=1+1',
  '😀 👩‍👩‍👧‍👦',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '%00',
];
/** What a person assigned: SKU and the plans that are off. */
const byHand: readonly (readonly [SkuName, readonly PlanName[]] | null)[] = [
  null,
  null,
  null,
  null,
  ['EMS', ['MFA_PREMIUM']],
  ['SPE_E3', ['TEAMS1']],
  ['SPE_E5', []],
  ['STANDARDPACK', []],
  ['STANDARDPACK', ['EXCHANGE_S_STANDARD', 'SHAREPOINTSTANDARD']],
  ['POWER_BI_PRO', []],
];

/** A user as the tenant has them, and what their values mean, told by who made them up. */
export type OddUser = {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly usageLocation: string | null;
  readonly groups: readonly GroupName[];
  readonly hand: readonly [SkuName, readonly PlanName[]] | null;
  readonly means: {
    readonly department: 'sales' | 'support' | 'none';
    readonly isHead: boolean;
    readonly country: string | null;
    readonly isMember: boolean;
    readonly isEnabled: boolean;
    readonly isVip: boolean;
    readonly isStarter: boolean;
  };
};

/** The same users for the same seed. `now`: milliseconds. */
export function makeOddUsers(count: number, seed: number, now: number): readonly OddUser[] {
  const draw = makeDraw(seededRandom(seed));
  return Array.from({ length: count }, (_, number) => makeOddUser(draw, number, now));
}

function makeOddUser(draw: Draw, number: number, now: number): OddUser {
  const [department, departmentMeans] = draw.of(departments);
  const [jobTitle, isHead] = draw.of(jobTitles);
  const [country, countryMeans] = draw.of(countries);
  const [userType, isMember] = draw.of(userTypes);
  const [proxyAddresses, isVip] = draw.of(addresses);
  const [days, isStarter] = draw.of(hireDays);
  const isEnabled = draw.is(0.9);
  const hand = draw.of(byHand);
  const inGroups: readonly GroupName[] = draw.is(0.4)
    ? draw.some(['engineers', 'nested', 'team', 'e3', 'e3WithoutYammer'] as const, 2)
    : [];
  // Graph lets no user hold the two together.
  const groups = inGroups.filter((name) => hand?.[0] !== 'STANDARDPACK' || !name.startsWith('e3'));
  // Graph refuses every license without one.
  const hasLicense = hand !== null || groups.some((name) => name === 'e3' || name === 'e3WithoutYammer');
  const usageLocation = hasLicense || draw.is(0.5) ? draw.of(['NL', 'DE', 'US']) : null;
  const digits = String(number).padStart(12, '0');
  return {
    id: `d1000000-0000-4000-8000-${digits}`,
    properties: {
      userPrincipalName: `odd${draw.of(['', ".o'neil", '+plus', '_under'])}${String(number)}@contoso.com`,
      displayName: draw.of(names),
      department,
      jobTitle,
      country,
      userType,
      accountEnabled: isEnabled,
      proxyAddresses,
      employeeHireDate: days === null ? null : new Date(now + days * 86_400_000).toISOString(),
    },
    usageLocation,
    groups,
    hand,
    means: {
      department: departmentMeans,
      isHead,
      country: countryMeans,
      isMember,
      isEnabled,
      isVip,
      isStarter,
    },
  };
}
