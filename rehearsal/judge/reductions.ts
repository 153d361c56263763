import type { Policy } from '../../shared/policy/policy';

type Licenses = readonly { readonly skuId: string; readonly disabledPlans: readonly string[] }[];

/** What of an entry of Graph's write log is looked at. */
export type LoggedChange = {
  readonly kind: string;
  readonly effective: boolean;
  readonly before: { readonly directLicenses: Licenses } | null;
  readonly after: { readonly directLicenses: Licenses } | null;
};

/**
 * Writes that took something from a user, by what the user held before and after: a license that nothing better
 * replaced, or a plan that was switched off.
 * @param rankOf place of a SKU in an exclusive family, 0 the best, with the number of the family; undefined: in none
 */
export function countReductions(
  log: Iterable<LoggedChange>,
  rankOf: (skuId: string) => { readonly family: number; readonly rank: number } | undefined,
): number {
  let reductions = 0;
  for (const { kind, effective, before, after } of log) {
    if (kind !== 'assignLicense' || !effective || before === null || after === null) continue;
    if (isReduction(before.directLicenses, after.directLicenses, rankOf)) reductions++;
  }
  return reductions;
}

function isReduction(
  before: Licenses,
  after: Licenses,
  rankOf: Parameters<typeof countReductions>[1],
): boolean {
  const now = new Map(after.map((license) => [license.skuId, license]));
  return before.some(({ skuId, disabledPlans }) => {
    const kept = now.get(skuId);
    if (kept !== undefined) return kept.disabledPlans.some((plan) => !disabledPlans.includes(plan));
    const lost = rankOf(skuId);
    return !after.some((other) => {
      const better = rankOf(other.skuId);
      return lost !== undefined && better?.family === lost.family && better.rank < lost.rank;
    });
  });
}

/** Places in the policy's exclusive families, of SKUs as this tenant names them. */
export function ranksOf(
  { exclusive }: Pick<Policy, 'exclusive'>,
  skus: Iterable<{ readonly skuId: string; readonly skuPartNumber: string }>,
): (skuId: string) => { readonly family: number; readonly rank: number } | undefined {
  const ids = new Map<string, string>();
  for (const { skuId, skuPartNumber } of skus) {
    ids.set(skuPartNumber.toLowerCase(), skuId);
    ids.set(skuId.toLowerCase(), skuId);
  }
  const ranks = new Map<string, { family: number; rank: number }>();
  for (const [family, members] of exclusive.entries()) {
    for (const [rank, reference] of members.entries()) {
      const skuId = ids.get(reference.toLowerCase());
      if (skuId !== undefined) ranks.set(skuId, { family, rank });
    }
  }
  return (skuId) => ranks.get(skuId);
}
