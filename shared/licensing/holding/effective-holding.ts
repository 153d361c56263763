import type { SkuId } from '../../kernel/ids';
import type { Holding } from './holding';
import { compareText, sameIds } from '../../kernel/id-set';
import type { License, HeldLicense } from '../../words/license';
import { timing } from '../../kernel/timing';

/** Our last write that Graph confirmed; times in milliseconds. */
export type ConfirmedWrite = {
  readonly at: number;
  readonly before: readonly License[];
  readonly after: readonly License[];
  /** Set together with the write. */
  readonly usageLocation: string | null;
};

/**
 * What the user holds, as far as is known: within five minutes of our own confirmed write its result beats a read
 * that still equals the state before it. A read that shows anything else is newer, and counts. A write from five
 * minutes ahead was timed by a clock that was wrong, and proves nothing about now.
 */
export function effectiveHolding(read: Holding, lastWrite: ConfirmedWrite | null, now: number): Holding {
  if (lastWrite === null || Math.abs(now - lastWrite.at) >= timing.licensing.readLag.ms) return read;
  const usageLocation = read.usageLocation ?? lastWrite.usageLocation;
  if (!sameAssignments(read.direct, lastWrite.before)) return { ...read, usageLocation };
  const shown = new Map<SkuId, HeldLicense>(read.direct.map((license) => [license.skuId, license]));
  const direct = lastWrite.after.map(({ skuId, disabledPlans }): HeldLicense => {
    const { state, error } = shown.get(skuId) ?? { state: 'Active', error: null };
    return { skuId, disabledPlans, state, error };
  });
  return { ...read, direct, usageLocation };
}

/** The same SKUs with the same plans off, whatever the order. */
export function sameAssignments(a: readonly License[], b: readonly License[]): boolean {
  const other = new Map(b.map((license) => [license.skuId, license.disabledPlans]));
  return (
    sameIds(
      a.map((license) => license.skuId),
      other.keys(),
    ) && a.every((license) => sameIds(license.disabledPlans, other.get(license.skuId) ?? []))
  );
}

/** The direct licenses that one assignLicense call leaves; sorted by SKU. */
export function assignmentsAfter(
  before: readonly License[],
  write: { readonly add: readonly License[]; readonly remove: readonly SkuId[] },
): License[] {
  const after = new Map(before.map(({ skuId, disabledPlans }) => [skuId, { skuId, disabledPlans }]));
  for (const { skuId, disabledPlans } of write.add) after.set(skuId, { skuId, disabledPlans });
  for (const skuId of write.remove) after.delete(skuId);
  return [...after.values()].sort((a, b) => compareText(a.skuId, b.skuId));
}
