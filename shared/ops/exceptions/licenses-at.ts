import { z } from 'zod';
import { toServicePlanId, toSkuId } from '../../kernel/ids';
import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { LedgerEntry } from '../../words/ledger';
import type { License } from '../../words/license';
import type { TimelineEntry } from '../../words/timeline';

const SkuIdText = z.guid().transform(toSkuId);
const Licenses = z.array(
  z.object({ skuId: SkuIdText, disabledPlans: z.array(z.guid().transform(toServicePlanId)) }),
);
const Written = z.object({ add: Licenses, remove: z.array(SkuIdText) });
/** Older versions did not record what the user held. */
const Intended = z.object({ before: Licenses });

/** disabledPlans null: not held. */
export type LicenseAt = {
  readonly skuId: SkuId;
  readonly disabledPlans: readonly ServicePlanId[] | null;
  /** We wrote it after that time, so that going back changes it. */
  readonly isChangedSince: boolean;
};

/**
 * What the user held at a time, of everything that is ours or was written by us since: what a write after that time
 * changed is as it was right before the first such write, so that what a person did in between stays; the rest is
 * as it is now. A SKU whose state cannot be told is left out.
 */
export function findLicensesAt(
  timeline: readonly TimelineEntry[],
  at: number,
  now: { readonly ledger: readonly LedgerEntry[]; readonly direct: readonly License[] },
): readonly LicenseAt[] {
  const earlier = new Map<SkuId, readonly ServicePlanId[] | null>();
  const found = new Map<SkuId, LicenseAt>();
  for (const { step, version, facts, ...entry } of timeline) {
    const written = step === 'written' ? Written.safeParse(facts).data : undefined;
    if (written === undefined) continue;
    const before = heldBefore(timeline, version);
    const touched = new Map<SkuId, readonly ServicePlanId[] | null>([
      ...written.remove.map((skuId) => [skuId, null] as const),
      ...written.add.map(({ skuId, disabledPlans }) => [skuId, disabledPlans] as const),
    ]);
    for (const [skuId, after] of touched) {
      if (entry.at <= at) earlier.set(skuId, after);
      else if (!found.has(skuId)) {
        const disabledPlans =
          before === undefined
            ? // Something new unless an earlier write says otherwise; the plans of a removed license are not recorded.
              (earlier.get(skuId) ?? (after === null ? undefined : null))
            : (before.get(skuId) ?? null);
        if (disabledPlans !== undefined) found.set(skuId, { skuId, disabledPlans, isChangedSince: true });
      }
    }
  }
  for (const { skuId } of now.ledger) {
    const held = now.direct.find((license) => license.skuId === skuId);
    if (found.has(skuId) || held === undefined) continue;
    found.set(skuId, { skuId, disabledPlans: held.disabledPlans, isChangedSince: false });
  }
  return [...found.values()].sort((a, b) => (a.skuId < b.skuId ? -1 : 1));
}

function heldBefore(
  timeline: readonly TimelineEntry[],
  version: number,
): ReadonlyMap<SkuId, readonly ServicePlanId[]> | undefined {
  const intended = timeline.find((entry) => entry.version === version && entry.step === 'intended');
  const licenses = intended === undefined ? undefined : Intended.safeParse(intended.facts).data?.before;
  return licenses && new Map(licenses.map(({ skuId, disabledPlans }) => [skuId, disabledPlans]));
}
