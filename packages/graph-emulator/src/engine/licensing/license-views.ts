import { isoTime } from '../../../../emulator-kit/src/clock';
import type { EngineContext } from '../context';
import { fractionOf } from '../../tenant/guid';
import { assignmentsInForce, inheritedInForce, mergeAssignments } from './license-state';
import type { DirectAssignment, PlanRecord, SkuRecord, UserVersion } from '../records';
import { pickFrom } from '../settings';

type Json = Readonly<Record<string, unknown>>;

/** user.assignedLicenses: one entry a SKU, inherited licenses included. */
export function viewAssignedLicenses(version: UserVersion): Json[] {
  if (version.inherited.length === 0) {
    return version.direct.map(({ skuId, disabledPlans }) => ({ disabledPlans, skuId }));
  }
  return [...mergeAssignments(assignmentsInForce(version))].map(([skuId, disabledPlans]) => ({
    disabledPlans,
    skuId,
  }));
}

/** https://learn.microsoft.com/graph/api/resources/licenseassignmentstate */
export function viewAssignmentStates(context: EngineContext, version: UserVersion): Json[] {
  const { noErrorAs } = context.settings;
  const success = noErrorAs === 'null' ? null : noErrorAs === 'None' ? 'None' : '';
  const direct = version.direct.map((assignment) => ({
    skuId: assignment.skuId,
    disabledPlans: assignment.disabledPlans,
    assignedByGroup: null,
    state: 'Active',
    error: success,
    lastUpdatedDateTime: isoTime(lastUpdate(assignment)),
  }));
  const inherited = version.inherited.map((assignment) => ({
    skuId: assignment.skuId,
    disabledPlans: assignment.disabledPlans,
    assignedByGroup: assignment.groupId,
    state: assignment.error === null ? 'Active' : 'Error',
    error: assignment.error ?? success,
    lastUpdatedDateTime: isoTime(lastUpdate(assignment)),
  }));
  const { statesLackSkus } = context.settings;
  if (statesLackSkus.length === 0) return [...direct, ...inherited];
  return [...direct, ...inherited].filter(({ skuId }) => !statesLackSkus.includes(skuId));
}

function lastUpdate({ at, planAt }: DirectAssignment): number {
  return planAt ? Math.max(at, ...Object.values(planAt)) : at;
}

type HeldPlan = { readonly plan: PlanRecord; readonly isOn: boolean; readonly at: number };
type HeldSku = { readonly sku: SkuRecord; readonly plans: readonly HeldPlan[] };

function heldSkus(context: EngineContext, version: UserVersion): HeldSku[] {
  const sources: DirectAssignment[] = [...version.direct, ...inheritedInForce(version.inherited)];
  return [...mergeAssignments(sources)].flatMap(([skuId, disabledPlans]) => {
    const sku = context.tenant.skus.get(skuId);
    if (!sku) return [];
    const mine = sources.filter((source) => source.skuId === skuId);
    const plans = sku.plans.map((plan) => ({
      plan,
      isOn: !disabledPlans.includes(plan.servicePlanId),
      at: Math.min(...mine.map((source) => source.planAt?.[plan.servicePlanId] ?? source.at)),
    }));
    return [{ sku, plans }];
  });
}

/**
 * https://learn.microsoft.com/graph/api/resources/serviceplaninfo: PendingInput while the service has not confirmed,
 * PendingActivation while an admin has not activated it.
 */
function provisioningStatus(context: EngineContext, userId: string, held: HeldPlan): string {
  const { plan, at } = held;
  const { settings } = context;
  if (!held.isOn) return 'Disabled';
  if (plan.provisioningStatus !== 'Success') return plan.provisioningStatus;
  if (settings.pendingActivationPlans.includes(plan.servicePlanId)) return 'PendingActivation';
  const key = `${userId}${plan.servicePlanId}`;
  if (fractionOf(`stuck${key}`) < settings.pendingInputRate) return 'PendingInput';
  const readyAt = at + pickFrom(settings.provisioningMs, fractionOf(key));
  return context.clock.now() < readyAt ? 'PendingInput' : 'Success';
}

/** https://learn.microsoft.com/graph/api/resources/licensedetails */
export function viewLicenseDetails(context: EngineContext, userId: string, version: UserVersion): Json[] {
  return heldSkus(context, version).map(({ sku, plans }) => ({
    id: Buffer.from(`${context.tenant.facts.tenantId}${sku.skuId}`.replace(/-/g, ''), 'hex').toString(
      'base64url',
    ),
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    servicePlans: plans.map((held) => ({
      servicePlanId: held.plan.servicePlanId,
      servicePlanName: held.plan.servicePlanName,
      provisioningStatus: provisioningStatus(context, userId, held),
      appliesTo: context.settings.detailsAppliesTo === 'Company' ? 'Company' : held.plan.appliesTo,
    })),
  }));
}

/** https://learn.microsoft.com/graph/api/resources/assignedplan */
export function viewAssignedPlans(context: EngineContext, version: UserVersion): Json[] {
  const seen = new Map<string, Json>();
  for (const { sku, plans } of heldSkus(context, version)) {
    for (const { plan, isOn, at } of plans) {
      if (!isOn && seen.has(plan.servicePlanId)) continue;
      seen.set(plan.servicePlanId, {
        assignedDateTime: isoTime(at),
        capabilityStatus: isOn ? sku.capabilityStatus : 'Deleted',
        service: serviceOf(plan.servicePlanName),
        servicePlanId: plan.servicePlanId,
      });
    }
  }
  return [...seen.values()];
}

/** https://learn.microsoft.com/graph/api/resources/provisionedplan */
export function viewProvisionedPlans(context: EngineContext, userId: string, version: UserVersion): Json[] {
  const seen = new Map<string, Json>();
  for (const { plans } of heldSkus(context, version)) {
    for (const held of plans) {
      if (provisioningStatus(context, userId, held) !== 'Success') continue;
      const service = serviceOf(held.plan.servicePlanName);
      seen.set(service, { capabilityStatus: 'Enabled', provisioningStatus: 'Success', service });
    }
  }
  return [...seen.values()];
}

const services: readonly (readonly [RegExp, string])[] = [
  [/^EXCHANGE/, 'exchange'],
  [/^(SHAREPOINT|ONEDRIVE)/, 'SharePoint'],
  [/^(AAD_|MFA_)/, 'AADPremiumService'],
  [/^INTUNE/, 'SCO'],
  [/^RMS_/, 'RMSOnline'],
  [/^MCO/, 'MicrosoftCommunicationsOnline'],
  [/^TEAMS/, 'TeamspaceAPI'],
  [/^YAMMER/, 'YammerEnterprise'],
  [/^BI_/, 'PowerBI'],
];

function serviceOf(planName: string): string {
  return services.find(([pattern]) => pattern.test(planName))?.[1] ?? planName.split('_')[0] ?? planName;
}

/** https://learn.microsoft.com/graph/api/resources/subscribedsku */
export function viewSubscribedSku(context: EngineContext, sku: SkuRecord): Json {
  const { tenantId, displayName } = context.tenant.facts;
  const view: Record<string, unknown> = {
    accountName: displayName,
    accountId: tenantId,
    appliesTo: sku.appliesTo,
    capabilityStatus: sku.capabilityStatus,
    consumedUnits: sku.consumedUnits,
    id: `${tenantId}_${sku.skuId}`,
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: sku.subscriptionIds,
    prepaidUnits: sku.prepaidUnits,
    servicePlans: sku.plans.map(({ servicePlanId, servicePlanName, appliesTo, provisioningStatus }) => ({
      servicePlanId,
      servicePlanName,
      provisioningStatus: context.settings.pendingActivationPlans.includes(servicePlanId)
        ? 'PendingActivation'
        : provisioningStatus,
      appliesTo,
    })),
  };
  for (const path of context.settings.nullSkuProperties) {
    const [part, property] = path.split('.');
    if (part === sku.skuPartNumber && property !== undefined) view[property] = null;
  }
  return view;
}
