import { auditUser } from '../history/audit';
import { commitUser } from '../history/commit';
import type { EngineContext } from '../context';
import type { LicenseChange } from './license-pool';
import { refuse, licenseTexts } from './license-refusal';
import {
  assignmentsInForce,
  bookSeats,
  compareSeats,
  freeSeats,
  inheritedInForce,
  licenseProperties,
} from './license-state';
import type { AssignedLicense, DirectAssignment, SkuRecord, UserRecord } from '../records';
import { scheduleServiceEcho } from './service-echo';
import { findBarredPlans, seenUsageLocation } from '../users/usage-location';

const modified: readonly string[] = ['AssignedLicense'];

/**
 * One assignLicense: everything or nothing. Adding a SKU that is held directly replaces its disabled plans. The
 * answer says whether anything really changed. https://learn.microsoft.com/graph/api/user-assignlicense
 * @throws GraphFault (400 Request_BadRequest)
 */
export function assignLicense(
  context: EngineContext,
  user: UserRecord,
  change: LicenseChange,
  app = 'application',
): boolean {
  try {
    return apply(context, user, change, app);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    auditUser(context, user, 'Change user license', { app, reason, modified });
    throw error;
  }
}

function apply(context: EngineContext, user: UserRecord, change: LicenseChange, app: string): boolean {
  const { addLicenses, removeLicenses } = change;
  if (addLicenses.length === 0 && removeLicenses.length === 0) {
    if (context.settings.emptyAssignment === 'accept') return false;
    throw refuse(licenseTexts.nothingToDo);
  }
  checkNamedOnce(change);
  for (const license of addLicenses) checkAssignable(context, license);
  checkRemovals(user, removeLicenses);
  if (addLicenses.length > 0) checkLocation(context, user, addLicenses);

  const { version } = user;
  const direct = nextDirect(context, version.direct, change);
  if (direct === version.direct) return false;
  const before = assignmentsInForce(version);
  const after = assignmentsInForce({ direct, inherited: version.inherited });
  const seats = compareSeats(before, after);
  for (const skuId of seats.taken) {
    const sku = context.tenant.skus.get(skuId);
    if (!sku || freeSeats(context, sku) < 1) throw refuse(licenseTexts.noSeats(skuId));
  }
  checkPlans(context, before, after, addLicenses);

  bookSeats(context, seats);
  commitUser(context, user, { direct }, licenseProperties);
  auditUser(context, user, 'Change user license', { app, modified });
  scheduleServiceEcho(context, user);
  return true;
}

function checkNamedOnce({ addLicenses, removeLicenses }: LicenseChange): void {
  if (addLicenses.length + removeLicenses.length < 2) return;
  const seen = new Set<string>();
  for (const skuId of [...addLicenses.map((license) => license.skuId), ...removeLicenses]) {
    if (seen.has(skuId)) throw refuse(licenseTexts.namedTwice(skuId));
    seen.add(skuId);
  }
}

/** The SKU is owned and can be given to users, and every disabled plan is one of its own. */
export function checkAssignable(
  context: EngineContext,
  { skuId, disabledPlans }: AssignedLicense,
): SkuRecord {
  const sku = context.tenant.skus.get(skuId);
  if (!sku) throw refuse(licenseTexts.unknownSku(skuId));
  if (!sku.assignable || sku.appliesTo === 'Company') throw refuse(licenseTexts.notAssignable(skuId));
  if (disabledPlans.length === 0) return sku;
  const foreign = disabledPlans.filter((id) => !sku.plans.some((plan) => plan.servicePlanId === id));
  if (foreign.length > 0) throw refuse(licenseTexts.planOutsideSku(foreign, skuId));
  if (context.settings.companyPlansInDisabledPlans === 'refuse') {
    const company = disabledPlans.filter((id) =>
      sku.plans.some((plan) => plan.servicePlanId === id && plan.appliesTo === 'Company'),
    );
    if (company.length > 0) throw refuse(licenseTexts.companyPlan(company, skuId));
  }
  return sku;
}

function checkRemovals({ version }: UserRecord, removeLicenses: readonly string[]): void {
  for (const skuId of removeLicenses) {
    if (version.direct.some((held) => held.skuId === skuId)) continue;
    const isInherited = inheritedInForce(version.inherited).some((held) => held.skuId === skuId);
    throw refuse(isInherited ? licenseTexts.inherited : licenseTexts.notHeld);
  }
}

function checkLocation(context: EngineContext, user: UserRecord, added: readonly AssignedLicense[]): void {
  const location = seenUsageLocation(context, user);
  if (location === undefined) throw refuse(licenseTexts.invalidLocation);
  const barred = findBarredPlans(context, added, location);
  if (barred.length > 0) throw refuse(licenseTexts.barredLocation(location, barred));
}

/** The same array when nothing changes. */
function nextDirect(
  context: EngineContext,
  held: readonly DirectAssignment[],
  { addLicenses, removeLicenses }: LicenseChange,
): readonly DirectAssignment[] {
  const at = context.clock.now();
  let next = removeLicenses.length > 0 ? held.filter(({ skuId }) => !removeLicenses.includes(skuId)) : held;
  for (const { skuId, disabledPlans } of addLicenses) {
    const index = next.findIndex((license) => license.skuId === skuId);
    const current = next[index];
    if (!current) next = [...next, { skuId, disabledPlans, at }];
    else if (!isSameSet(current.disabledPlans, disabledPlans)) {
      next = next.with(index, replacePlans(current, disabledPlans, at));
    }
  }
  return next;
}

/** Plans that come on now are provisioned from now; the others keep their time. */
function replacePlans(
  current: DirectAssignment,
  disabledPlans: readonly string[],
  at: number,
): DirectAssignment {
  const on = current.disabledPlans.filter((plan) => !disabledPlans.includes(plan));
  const { skuId, planAt } = current;
  if (on.length === 0 && planAt) return { skuId, disabledPlans, at: current.at, planAt };
  const next: Record<string, number> = planAt ? { ...planAt } : {};
  for (const plan of on) next[plan] = at;
  return { skuId, disabledPlans, at: current.at, planAt: next };
}

function checkPlans(
  context: EngineContext,
  before: readonly AssignedLicense[],
  after: readonly AssignedLicense[],
  added: readonly AssignedLicense[],
): void {
  const { planRules, skus } = context.tenant;
  const violation = planRules.findViolation(
    planRules.enabledPlans(skus, before),
    planRules.enabledPlans(skus, after),
    added,
    context.settings.conflictWording,
  );
  if (violation) throw refuse(violation.message);
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left === right || (left.length === right.length && left.every((item) => right.includes(item)));
}
