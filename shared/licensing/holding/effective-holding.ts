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
  /** Our writes in the five minutes up to this one, newest first; a read may still be behind them too. */
  readonly earlier?: readonly EarlierWrite[] | undefined;
};

/** When Graph confirmed one of our writes, and what the user held before it. */
export type EarlierWrite = Pick<ConfirmedWrite, 'at' | 'before'>;

/** Earlier writes that are remembered: a user is seldom written to more often in five minutes. */
const mostEarlier = 4;

/** What the row remembers of a write that Graph has confirmed, once `previous` was remembered before it. */
export function confirmedAfter(
  previous: ConfirmedWrite | null,
  write: Omit<ConfirmedWrite, 'earlier'>,
): ConfirmedWrite {
  if (previous === null) return write;
  const { at, before } = previous;
  const earlier = [{ at, before }, ...(previous.earlier ?? [])].filter((one) => mayLag(one.at, write.at));
  return earlier.length === 0 ? write : { ...write, earlier: earlier.slice(0, mostEarlier) };
}

/**
 * What the user holds, as far as is known: within five minutes of our own confirmed write its result beats a read
 * that still equals the state before it, or before an earlier one of our writes in those minutes. A read that shows anything else is
 * newer, and counts. A write from five minutes ahead was timed by a clock that was wrong, and proves nothing about now.
 */
export function effectiveHolding(read: Holding, lastWrite: ConfirmedWrite | null, now: number): Holding {
  if (lastWrite === null || !mayLag(lastWrite.at, now)) return read;
  const usageLocation = read.usageLocation ?? lastWrite.usageLocation;
  const isBehind = [lastWrite, ...(lastWrite.earlier ?? [])].some(
    ({ at, before }) => mayLag(at, now) && sameAssignments(read.direct, before),
  );
  if (!isBehind) return { ...read, usageLocation };
  const shown = new Map<SkuId, HeldLicense>(read.direct.map((license) => [license.skuId, license]));
  const direct = lastWrite.after.map(({ skuId, disabledPlans }): HeldLicense => {
    const { state, error } = shown.get(skuId) ?? { state: 'Active', error: null };
    return { skuId, disabledPlans, state, error };
  });
  return { ...read, direct, usageLocation };
}

/** Whether a read at `now` may come from a replica that does not show a write of `at` yet. */
function mayLag(at: number, now: number): boolean {
  return Math.abs(now - at) < timing.licensing.readLag.ms;
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
