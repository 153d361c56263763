import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { Change } from '../script/script';
import { family, skus, userIdOf } from '../script/tenant-model';
import type { PlanName, SkuName, UserNumber } from '../script/tenant-model';

/** A write may be made by what was read this time before it (milliseconds): calls that hang, tables that are away. */
const readBeforeMs = 240_000;

/** When the app last gave the user this SKU, milliseconds from the start; undefined: it never did. */
export function givenAt(
  { graph, startedAt }: { readonly graph: OpenGraph; readonly startedAt: number },
  user: UserNumber,
  sku: SkuName,
): number | undefined {
  const { id } = skus[sku];
  type Side = { readonly directLicenses: readonly { readonly skuId: string }[] } | null;
  const holds = (side: Side) => side?.directLicenses.some(({ skuId }) => skuId === id) === true;
  const given = graph.engine.writeLog
    .after(0)
    .findLast(
      ({ userId, effective, before, after }) =>
        userId === userIdOf(user) && effective && !holds(before) && holds(after),
    );
  return given === undefined ? undefined : given.at - startedAt;
}

/**
 * What a person may have switched off in the user's license of this SKU, and it stays off: in the SKU itself, or in one of its
 * exclusive group, as a swap takes it along. What the person switched on again before the app gave the license is not in it;
 * of a user who was put back to what they held, all is.
 * @param given milliseconds from the start, as `givenAt`
 */
export function optedOut(
  { changes }: { readonly changes: readonly Change[] },
  user: UserNumber,
  sku: SkuName,
  given: number | undefined,
): ReadonlySet<PlanName> {
  const isOfKind = (other: SkuName) => other === sku || (family.includes(sku) && family.includes(other));
  const assigned = changes.flatMap((change) =>
    change.kind === 'adminAssign' && change.user === user && isOfKind(change.sku) ? [change] : [],
  );
  const isPutBack = changes.some((change) => change.kind === 'undo' && change.user === user);
  const readBy = given === undefined || isPutBack ? -Infinity : given - readBeforeMs;
  const standing = assigned.filter(
    (one) => !assigned.some((later) => later.sku === one.sku && later.at > one.at && later.at <= readBy),
  );
  return new Set(standing.flatMap(({ off }) => off));
}
