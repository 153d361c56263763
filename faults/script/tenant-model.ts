/**
 * SKUs and plans of a run's tenant, with Microsoft's own ids:
 * https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
 */
export const plans = {
  INTUNE_A: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5',
  AAD_PREMIUM: '41781fb2-bc02-4b7c-bd55-b576c07bb09d',
  EXCHANGE_S_ENTERPRISE: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
  TEAMS1: '57ff2da0-773e-42df-b2af-ffb7a2317929',
  YAMMER_ENTERPRISE: '7547a3fe-08ee-4ccb-b430-5077c5041653',
  BI_AZURE_P2: '70d33638-9c74-4d01-bfd3-562de28bd4ba',
} as const;
export type PlanName = keyof typeof plans;

export const skus = {
  EMS: { id: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e', plans: ['AAD_PREMIUM', 'INTUNE_A'] },
  SPE_E3: {
    id: '05e9a617-0261-4cee-bb44-138d3ef5d965',
    plans: ['EXCHANGE_S_ENTERPRISE', 'TEAMS1', 'YAMMER_ENTERPRISE'],
  },
  SPE_E5: {
    id: '06ebc4ee-1bb5-47dd-8120-11324bc54e06',
    plans: ['EXCHANGE_S_ENTERPRISE', 'TEAMS1', 'YAMMER_ENTERPRISE', 'BI_AZURE_P2'],
  },
  POWER_BI_PRO: { id: 'f8a1db68-be16-40ed-86d5-cb42ce701560', plans: ['BI_AZURE_P2'] },
} as const satisfies Record<string, { id: string; plans: readonly PlanName[] }>;
export type SkuName = keyof typeof skus;
export const skuNames = Object.keys(skus) as SkuName[];

/** The SKUs of which a policy may say that a user holds one, best first. */
export const family: readonly SkuName[] = ['SPE_E5', 'SPE_E3'];

export const departments = ['Sales', 'Finance', 'Legal'] as const;
export type Department = (typeof departments)[number];

/** `inner` may be nested in `outer`; `licensed` is the one that an admin may give licenses to. */
export const groups = {
  outer: 'cccccccc-0000-4000-8000-000000000001',
  inner: 'cccccccc-0000-4000-8000-000000000002',
  licensed: 'cccccccc-0000-4000-8000-000000000003',
} as const;
export type GroupKey = keyof typeof groups;

export const groupNames: Readonly<Record<GroupKey, string>> = {
  outer: 'SG-Engineering',
  inner: 'SG-Engineering-Test',
  licensed: 'SG-Licensed',
};

/** Users are numbered. */
export type UserNumber = number;

/** @param number from 1 */
export function userIdOf(number: UserNumber): string {
  return `bbbbbbbb-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export type UserModel = {
  readonly user: UserNumber;
  readonly department: Department;
  readonly memberOf: readonly GroupKey[];
  /** Licenses that an admin gave. */
  readonly manual: readonly { readonly sku: SkuName; readonly off: readonly PlanName[] }[];
};

export type TenantModel = {
  /** Seats bought of each SKU. */
  readonly seats: Readonly<Record<SkuName, number>>;
  readonly isNested: boolean;
  /** Who is there before the app. */
  readonly users: readonly UserModel[];
};

export type GrantModel = {
  readonly sku: SkuName;
  readonly off: readonly PlanName[];
  readonly fallback: readonly SkuName[];
  readonly priority: number;
};

/** Exactly one of `department` and `group` is there. */
export type RuleModel = {
  readonly name: string;
  readonly department?: Department;
  readonly group?: GroupKey;
  readonly grants: readonly GrantModel[];
  /** Plans that are off in whatever the policy gives to who matches. */
  readonly without: readonly PlanName[];
};

export type PolicyModel = {
  readonly rules: readonly RuleModel[];
  readonly isFamilyExclusive: boolean;
  /** Accounts that are enabled alone. */
  readonly isScoped: boolean;
  /** `keep`: nothing is taken away; else the grace. */
  readonly removal: 'keep' | '0d' | '1h';
  /** More reductions than this are held; null: no guards. */
  readonly guard: number | null;
};
