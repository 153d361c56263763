import type { GroupId, PolicyHash, ServicePlanId, SkuId, UserId } from '../../../../shared/kernel/ids';
import type { Catalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import type { DecideInput } from '../../../../shared/licensing/decision';
import { microsoftConflicts } from '../../../../shared/licensing/service-plans/known-conflicts';
import type { Condition, RuleUser, Truth } from '../../../../shared/policy/condition';
import type { Grant, GrantPlans, Policy, PolicyRule } from '../../../../shared/policy/policy';
import type { SubscribedSku } from '../../../../shared/words/sku';
import type { HeldLicense, InheritedLicense } from '../../../../shared/words/license';
import type { LedgerEntry } from '../../../../shared/words/ledger';

/** SKUs and plans with Microsoft's own ids, https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference */
export const planIds = {
  INTUNE_A: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5',
  AAD_PREMIUM: '41781fb2-bc02-4b7c-bd55-b576c07bb09d',
  AAD_PREMIUM_P2: 'eec0eb4f-6444-4f95-aba0-50c24d67f998',
  MFA_PREMIUM: '8a256a2b-b617-496d-b51b-e76466e88db0',
  RMS_S_ENTERPRISE: 'bea4c11e-220a-4e6d-8eb8-8ea15d019f90',
  RMS_S_PREMIUM: '6c57d4b6-3b23-47a5-9bc9-69f17b4947b3',
  ADALLOM_S_DISCOVERY: '932ad362-64a8-4783-9106-97849a1a30b9',
  EXCHANGE_S_FOUNDATION: '113feb6c-3fe4-4440-bddc-54d774bf0318',
  EXCHANGE_S_STANDARD: '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
  EXCHANGE_S_ENTERPRISE: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
  EXCHANGE_S_DESKLESS: '4a82b400-a79f-41a4-b4e2-e94f5787b113',
  SHAREPOINTSTANDARD: 'c7699d2e-19aa-44de-8edf-1736da088ca1',
  SHAREPOINTENTERPRISE: '5dbe027f-2339-4123-9542-606e4d348a72',
  SHAREPOINTDESKLESS: '902b47e5-dcb2-4fdc-858b-c63a90a2bdb9',
  SHAREPOINTWAC: 'e95bec33-7c88-4a70-8e19-b10bd9d0c014',
  SHAREPOINT_PROJECT: 'fe71d6c3-a2ea-4499-9778-da042bf08063',
  TEAMS1: '57ff2da0-773e-42df-b2af-ffb7a2317929',
  MCOEV: '4828c8ec-dc2e-4779-b502-87ac9ce28ab7',
  YAMMER_ENTERPRISE: '7547a3fe-08ee-4ccb-b430-5077c5041653',
  BI_AZURE_P2: '70d33638-9c74-4d01-bfd3-562de28bd4ba',
  PROJECT_PROFESSIONAL: '818523f5-016b-4355-9be8-ed6944946ea7',
} as const;
export type PlanName = keyof typeof planIds;

const skuFacts = {
  EMS: {
    id: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
    plans: [
      'AAD_PREMIUM',
      'RMS_S_PREMIUM',
      'ADALLOM_S_DISCOVERY',
      'EXCHANGE_S_FOUNDATION',
      'RMS_S_ENTERPRISE',
      'MFA_PREMIUM',
      'INTUNE_A',
    ],
  },
  SPE_E5: {
    id: '06ebc4ee-1bb5-47dd-8120-11324bc54e06',
    plans: [
      'EXCHANGE_S_ENTERPRISE',
      'SHAREPOINTENTERPRISE',
      'SHAREPOINTWAC',
      'TEAMS1',
      'INTUNE_A',
      'AAD_PREMIUM',
      'AAD_PREMIUM_P2',
      'MCOEV',
      'YAMMER_ENTERPRISE',
    ],
  },
  SPE_E3: {
    id: '05e9a617-0261-4cee-bb44-138d3ef5d965',
    plans: [
      'EXCHANGE_S_ENTERPRISE',
      'SHAREPOINTENTERPRISE',
      'SHAREPOINTWAC',
      'TEAMS1',
      'INTUNE_A',
      'AAD_PREMIUM',
      'YAMMER_ENTERPRISE',
    ],
  },
  SPE_F1: {
    id: '66b55226-6b4f-492c-910c-a3b7a3c9d993',
    plans: [
      'EXCHANGE_S_DESKLESS',
      'SHAREPOINTDESKLESS',
      'SHAREPOINTWAC',
      'TEAMS1',
      'INTUNE_A',
      'AAD_PREMIUM',
    ],
  },
  STANDARDPACK: {
    id: '18181a46-0d4e-45cd-891e-60aabd171b4e',
    plans: ['EXCHANGE_S_STANDARD', 'SHAREPOINTSTANDARD', 'TEAMS1', 'YAMMER_ENTERPRISE'],
  },
  POWER_BI_PRO: {
    id: 'f8a1db68-be16-40ed-86d5-cb42ce701560',
    plans: ['BI_AZURE_P2', 'EXCHANGE_S_FOUNDATION'],
  },
  PROJECTPROFESSIONAL: {
    id: '53818b1b-4a27-454b-8896-0dba576410e6',
    plans: ['PROJECT_PROFESSIONAL', 'SHAREPOINT_PROJECT', 'SHAREPOINTENTERPRISE', 'SHAREPOINTWAC'],
  },
} as const satisfies Record<string, { id: string; plans: readonly PlanName[] }>;
export type SkuName = keyof typeof skuFacts;
export const skuNames = Object.keys(skuFacts) as SkuName[];

export const sku = (name: SkuName): SkuId => skuFacts[name].id as SkuId;
export const plan = (name: PlanName): ServicePlanId => planIds[name] as ServicePlanId;
export const plans = (...names: PlanName[]): ServicePlanId[] => names.map(plan).sort();
export const plansOf = (name: SkuName): readonly PlanName[] => skuFacts[name].plans;
export const userPlansOf = (name: SkuName): PlanName[] =>
  plansOf(name).filter((one) => one !== 'EXCHANGE_S_FOUNDATION');
export const otherPlans = (name: SkuName, ...on: PlanName[]): ServicePlanId[] =>
  plans(...userPlansOf(name).filter((one) => !on.includes(one)));

export function aSku(name: SkuName, changes: Partial<SubscribedSku> = {}): SubscribedSku {
  return {
    skuId: sku(name),
    skuPartNumber: name,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    enabledUnits: 100,
    consumedUnits: 0,
    servicePlans: plansOf(name).map((planName) => ({
      servicePlanId: plan(planName),
      servicePlanName: planName,
      appliesTo: planName === 'EXCHANGE_S_FOUNDATION' ? 'Company' : 'User',
      provisioningStatus: 'Success',
    })),
    ...changes,
  };
}

export const tenant: Catalogue = makeCatalogue(skuNames.map((name) => aSku(name)));
export const tenantWith = (changes: Partial<Record<SkuName, Partial<SubscribedSku> | null>>): Catalogue =>
  makeCatalogue(
    skuNames.flatMap((name) => (changes[name] === null ? [] : [aSku(name, changes[name] ?? {})])),
  );

/** A condition that needs no parser: `department` equals this; undecided when the property was not read. */
export function department(name: string): Condition {
  return property('department', name);
}

export function property(key: string, value: unknown): Condition {
  return {
    source: `user.${key} -eq ${JSON.stringify(value)}`,
    evaluate: (user: RuleUser, context): Truth => {
      if (user[key] === undefined) return context.absent === 'undecided' ? 'undecided' : value === null;
      return user[key] === value;
    },
  };
}

export const always = (truth: Truth): Condition => ({ source: `always ${truth}`, evaluate: () => truth });

export const enabledMembers = property('accountEnabled', true);

export const disable = (...names: string[]): GrantPlans => ({ kind: 'disable', plans: names });
export const enable = (...names: string[]): GrantPlans => ({ kind: 'enable', plans: names });

export function aGrant(skuReference: string, changes: Partial<Grant> = {}): Grant {
  return { sku: skuReference, plans: { kind: 'all' }, fallback: [], priority: 0, newPlans: 'on', ...changes };
}

export function aRule(name: string, changes: Partial<PolicyRule> = {}): PolicyRule {
  return { name, when: null, memberOf: [], assign: [], without: [], ...changes };
}

export const policyHash = 'a'.repeat(64) as PolicyHash;

export function aPolicy(changes: Partial<Policy> = {}): Policy {
  return {
    version: 1,
    hash: policyHash,
    bindings: null,
    mode: 'enforce',
    unconfirmed: 'assume',
    scope: enabledMembers,
    usageLocation: { from: 'country', default: 'NL' },
    exclusive: [],
    rules: [],
    adopt: [],
    removal: { mode: 'remove', graceMs: 30 * day },
    drift: 'correct',
    guards: { maxReductions: null, maxChanges: null },
    prices: {},
    tests: [],
    needs: { properties: new Set(), directGroups: false, transitiveGroups: true },
    ...changes,
  };
}

export const minute = 60_000;
export const day = 24 * 60 * minute;
export const now = Date.UTC(2026, 10, 22, 12);

export const direct = (name: SkuName, ...off: PlanName[]): HeldLicense => ({
  skuId: sku(name),
  disabledPlans: plans(...off),
  state: 'Active',
  error: null,
});

export const licensingGroup = '6f8b0c51-7c1e-4d55-9d0e-6f0a8e7a1b11' as GroupId;
export const inherited = (name: SkuName, ...off: PlanName[]): InheritedLicense => ({
  ...direct(name, ...off),
  groupId: licensingGroup,
});

export function ours(name: SkuName, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    skuId: sku(name),
    disabledByUs: [],
    rules: ['rule'],
    policyHash,
    adopted: false,
    notEntitledSince: null,
    ...changes,
  };
}

export type Situation = Partial<Omit<DecideInput, 'user' | 'holding' | 'seats'>> & {
  readonly properties?: RuleUser;
  readonly deleted?: boolean;
  readonly direct?: readonly HeldLicense[];
  readonly inherited?: readonly InheritedLicense[];
  readonly usageLocation?: string | null;
  /** Free seats; a SKU that is absent has plenty. */
  readonly seats?: Partial<Record<SkuName, number>>;
  readonly listOnly?: readonly SkuName[];
};

export const salesperson: RuleUser = { accountEnabled: true, department: 'Sales', country: 'Netherlands' };

/** An enabled salesperson in the Netherlands who holds nothing, and ample seats. */
export function anInput(changes: Situation = {}): DecideInput {
  const {
    properties,
    deleted,
    direct: held,
    inherited: fromGroups,
    usageLocation,
    seats,
    listOnly,
    ...rest
  } = changes;
  const free = new Map(skuNames.map((name) => [sku(name), seats?.[name] ?? 1000]));
  return {
    policy: aPolicy(),
    user: {
      id: '0a6f6f4e-0000-4000-8000-000000000001' as UserId,
      properties: properties ?? salesperson,
      deleted: deleted ?? false,
    },
    memberships: { transitive: [] },
    holding: {
      direct: held ?? [],
      inherited: fromGroups ?? [],
      usageLocation: usageLocation === undefined ? 'NL' : usageLocation,
    },
    catalogue: tenant,
    seats: {
      free: (skuId) => free.get(skuId) ?? 0,
      listOnly: (skuId) => (listOnly ?? []).some((name) => sku(name) === skuId),
    },
    ledger: [],
    exception: null,
    learntConflicts: microsoftConflicts,
    knownPlans: new Map(),
    previous: null,
    permissions: 'full',
    now,
    ...rest,
  };
}
