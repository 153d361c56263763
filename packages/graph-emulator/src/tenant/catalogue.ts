import type { TenantLineInput } from './tenant-line';
import catalogue from './catalogue.json';
import conflicts from './plan-conflicts.json';

/**
 * The SKUs of the sample tenants with their service plans, an extract of Microsoft's table of product names and plan
 * identifiers: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference (2026-07-29), and
 * the plans which that page (2025-07-14) says cannot be held together.
 */
export type CatalogueSku = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly displayName: string;
  readonly assignable: boolean;
  /** Company: storage and the like, which is not assigned to users. */
  readonly appliesTo: 'User' | 'Company';
  /** https://learn.microsoft.com/graph/api/resources/subscribedsku */
  readonly capabilityStatus: 'Enabled' | 'Suspended';
  readonly servicePlans: readonly {
    readonly servicePlanId: string;
    readonly servicePlanName: string;
    readonly appliesTo: 'User' | 'Company';
  }[];
};

const plans = new Map(catalogue.servicePlans.map((plan) => [plan.servicePlanId, plan]));

/** Real SKUs with their plans, from catalogue.json. */
export const catalogueSkus: readonly CatalogueSku[] = catalogue.skus.map(({ servicePlanIds, ...sku }) => ({
  ...sku,
  appliesTo: sku.appliesTo === 'Company' ? 'Company' : 'User',
  capabilityStatus: sku.capabilityStatus === 'Suspended' ? 'Suspended' : 'Enabled',
  servicePlans: servicePlanIds.flatMap((id) => {
    const plan = plans.get(id);
    return plan ? [{ ...plan, appliesTo: plan.appliesTo as 'User' | 'Company' }] : [];
  }),
}));

/**
 * The SKU with this part number.
 * @throws Error when the catalogue has none
 */
export function catalogueSku(skuPartNumber: string): CatalogueSku {
  const sku = catalogueSkus.find((entry) => entry.skuPartNumber === skuPartNumber);
  if (!sku) throw new Error(`The catalogue has no SKU ${skuPartNumber}`);
  return sku;
}

function planId(name: string): string {
  const plan = catalogue.servicePlans.find((entry) => entry.servicePlanName === name);
  if (!plan) throw new Error(`The catalogue has no plan ${name}`);
  return plan.servicePlanId;
}

/** Pairs that only this tenant knows: Microsoft publishes no complete table, so callers have to learn from errors. */
const tenantExclusive: readonly (readonly string[])[] = [
  ['EXCHANGE_S_ENTERPRISE', 'EXCHANGE_S_STANDARD'],
  ['EXCHANGE_S_ENTERPRISE', 'EXCHANGE_S_DESKLESS'],
  ['KAIZALA_O365_P1', 'KAIZALA_O365_P2', 'KAIZALA_O365_P3'],
  ['ONEDRIVE_BASIC', 'SHAREPOINTDESKLESS'],
];

const exchangePlans = ['EXCHANGE_S_ENTERPRISE', 'EXCHANGE_S_STANDARD', 'EXCHANGE_S_DESKLESS'];
const tenantDependencies: readonly { readonly plan: string; readonly needsAnyOf: readonly string[] }[] = [
  { plan: 'SHAREPOINT_PROJECT', needsAnyOf: ['SHAREPOINTENTERPRISE'] },
  { plan: 'THREAT_INTELLIGENCE', needsAnyOf: exchangePlans },
  { plan: 'MCOEV', needsAnyOf: ['TEAMS1', 'MCOSTANDARD'] },
  { plan: 'TEAMSPRO_MGMT', needsAnyOf: ['TEAMS1'] },
  { plan: 'RMS_S_PREMIUM', needsAnyOf: ['RMS_S_ENTERPRISE'] },
  { plan: 'RMS_S_PREMIUM2', needsAnyOf: ['RMS_S_PREMIUM'] },
];

/** The rules among plans, as lines of a tenant file. */
export function planRuleLines(): TenantLineInput[] {
  return [
    ...conflicts.exclusive.map((group) => ({
      type: 'exclusive' as const,
      servicePlanIds: group.servicePlans.map(({ servicePlanId }) => servicePlanId),
    })),
    ...tenantExclusive.map((names) => ({ type: 'exclusive' as const, servicePlanIds: names.map(planId) })),
    ...tenantDependencies.map(({ plan, needsAnyOf }) => ({
      type: 'dependency' as const,
      servicePlanId: planId(plan),
      needsAnyOf: needsAnyOf.map(planId),
    })),
  ];
}
