import type { EngineContext } from '../context';
import { licenseTexts } from './license-refusal';
import { freeSeats, inheritedInForce } from './license-state';
import type {
  AssignedLicense,
  AssignmentError,
  GroupRecord,
  InheritedAssignment,
  UserRecord,
} from '../records';
import { findBarredPlans, isCountry } from '../users/usage-location';

type Failure = {
  readonly error: AssignmentError;
  readonly reason: string;
  readonly skuIds: readonly string[];
};

/**
 * What one group gives one member: all its licenses or, when any of them fails, none of them.
 * `mine` is what the member has from the group already, `others` what comes from other groups.
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems
 */
export function evaluateGroup(
  context: EngineContext,
  user: UserRecord,
  group: GroupRecord,
  mine: readonly InheritedAssignment[],
  others: readonly InheritedAssignment[],
): InheritedAssignment[] {
  const failure = findFailure(context, user, group, mine, others);
  return group.licenses.map(({ skuId, disabledPlans }): InheritedAssignment => {
    const known = mine.find((held) => held.skuId === skuId);
    const isKept = known !== undefined && isSame(known.disabledPlans, disabledPlans);
    const at = isKept ? known.at : context.clock.now();
    const base = { groupId: group.id, skuId, disabledPlans, at };
    if (!failure) return isKept && known.error === null ? known : { ...base, error: null };
    const error = failure.skuIds.includes(skuId) ? failure.error : 'Other';
    return { ...base, error, reason: failure.reason };
  });
}

function findFailure(
  context: EngineContext,
  user: UserRecord,
  group: GroupRecord,
  mine: readonly InheritedAssignment[],
  others: readonly InheritedAssignment[],
): Failure | undefined {
  const elsewhere: AssignedLicense[] = [...user.version.direct, ...inheritedInForce(others)];
  const inForce = inheritedInForce(mine);
  return (
    findLocationFailure(context, user, group) ??
    findSeatFailure(context, group, [...elsewhere, ...inForce]) ??
    findPlanFailure(context, group, elsewhere, inForce)
  );
}

/** Members without a usage location are taken to be where the tenant is. */
function findLocationFailure(
  context: EngineContext,
  user: UserRecord,
  group: GroupRecord,
): Failure | undefined {
  const own = user.version.properties.usageLocation ?? context.tenant.facts.countryLetterCode;
  const skuIds = group.licenses.map(({ skuId }) => skuId);
  if (!isCountry(own)) return { error: 'Other', reason: licenseTexts.invalidLocation, skuIds };
  const location = own.toUpperCase();
  for (const license of group.licenses) {
    const barred = findBarredPlans(context, [license], location);
    if (barred.length === 0) continue;
    const reason = licenseTexts.barredLocation(location, barred);
    return { error: 'ProhibitedInUsageLocationViolation', reason, skuIds: [license.skuId] };
  }
  return undefined;
}

function findSeatFailure(
  context: EngineContext,
  group: GroupRecord,
  held: readonly AssignedLicense[],
): Failure | undefined {
  for (const { skuId } of group.licenses) {
    if (held.some((license) => license.skuId === skuId)) continue;
    const sku = context.tenant.skus.get(skuId);
    if (sku && freeSeats(context, sku) > 0) continue;
    return { error: 'CountViolation', reason: licenseTexts.noSeats(skuId), skuIds: [skuId] };
  }
  return undefined;
}

/** Conflicts count against everything the user holds; a prerequisite must come from the same group. */
function findPlanFailure(
  context: EngineContext,
  group: GroupRecord,
  elsewhere: readonly AssignedLicense[],
  inForce: readonly AssignedLicense[],
): Failure | undefined {
  const { planRules, skus } = context.tenant;
  const before = planRules.enabledPlans(skus, [...elsewhere, ...inForce]);
  const after = planRules.enabledPlans(skus, [...elsewhere, ...group.licenses]);
  const added = group.licenses.map(({ skuId }) => skuId);
  const violation =
    planRules.findConflict(before, after, group.licenses, context.settings.conflictWording) ??
    planRules.findMissing(new Set(), planRules.enabledPlans(skus, group.licenses));
  if (!violation) return undefined;
  const guilty = added.filter((id) =>
    skus.get(id)?.plans.some((plan) => violation.plans.includes(plan.servicePlanId)),
  );
  return { error: violation.error, reason: violation.message, skuIds: guilty };
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item));
}
