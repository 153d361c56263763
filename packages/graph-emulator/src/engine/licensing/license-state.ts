import type { EngineContext } from '../context';
import type { AssignedLicense, InheritedAssignment, SkuRecord, UserVersion } from '../records';

/** Properties of a user that follow from licenses. */
export const licenseProperties: readonly string[] = ['assignedLicenses', 'licenseAssignmentStates'];

/** Inherited assignments that are in force. */
export function inheritedInForce(inherited: readonly InheritedAssignment[]): readonly InheritedAssignment[] {
  return inherited.every(({ error }) => error === null)
    ? inherited
    : inherited.filter(({ error }) => error === null);
}

/** Every assignment in force, direct first: one SKU may come several times. */
export function assignmentsInForce(
  version: Pick<UserVersion, 'direct' | 'inherited'>,
): readonly AssignedLicense[] {
  if (version.inherited.length === 0) return version.direct;
  return [...version.direct, ...inheritedInForce(version.inherited)];
}

/** One entry a SKU: a plan is off only when every assignment of the SKU switches it off. */
export function mergeAssignments(assignments: readonly AssignedLicense[]): Map<string, readonly string[]> {
  const merged = new Map<string, readonly string[]>();
  for (const { skuId, disabledPlans } of assignments) {
    const known = merged.get(skuId);
    merged.set(skuId, known ? known.filter((plan) => disabledPlans.includes(plan)) : disabledPlans);
  }
  return merged;
}

/** Seats that may still be handed out; negative when the tenant holds more than it bought. */
export function freeSeats(context: EngineContext, sku: SkuRecord): number {
  const { enabled, warning } = sku.prepaidUnits;
  return enabled + (context.settings.warningSeatsAssignable ? warning : 0) - sku.consumedUnits;
}

export type SeatChange = { readonly taken: readonly string[]; readonly freed: readonly string[] };

/** SKUs that are newly held and no longer held: a user costs one seat a SKU, however many assignments there are. */
export function compareSeats(
  before: readonly AssignedLicense[],
  after: readonly AssignedLicense[],
): SeatChange {
  return { taken: skusMissing(before, after), freed: skusMissing(after, before) };
}

const none: readonly string[] = [];

/** SKUs of `all` that `known` does not have. Lists are short: looking through them beats building sets. */
function skusMissing(known: readonly AssignedLicense[], all: readonly AssignedLicense[]): readonly string[] {
  let missing: string[] | undefined;
  for (const { skuId } of all) {
    if (holdsSku(known, skuId) || missing?.includes(skuId)) continue;
    missing ??= [];
    missing.push(skuId);
  }
  return missing ?? none;
}

function holdsSku(licenses: readonly AssignedLicense[], skuId: string): boolean {
  for (const license of licenses) if (license.skuId === skuId) return true;
  return false;
}

/** Adds to and takes from the SKUs' seats in use. */
export function bookSeats(context: EngineContext, change: SeatChange): void {
  const { skus } = context.tenant;
  for (const id of change.taken) {
    const sku = skus.get(id);
    if (sku) sku.consumedUnits += 1;
  }
  for (const id of change.freed) {
    const sku = skus.get(id);
    if (sku) sku.consumedUnits -= 1;
  }
}
