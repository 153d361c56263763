import type { SkuId } from '../../kernel/ids';
import type { WhoseLicense } from './whose-license';
import type { Wording } from './wording';

/** Reasons about SKUs of one exclusive group, of which a user holds one. */
export function makeExclusiveReasons({ sku, reason }: Wording) {
  return {
    betterHeld: (skuId: SkuId, better: SkuId) =>
      reason(
        'exclusive/better-held',
        skuId,
        `${sku(skuId)} is not needed: the user holds ${sku(better)}, which is better in the same exclusive group.`,
      ),
    covered: (skuId: SkuId, better: SkuId) =>
      reason(
        'exclusive/covered',
        skuId,
        `${sku(skuId)} follows when ${sku(better)}, which the user still holds, goes: one call, no gap.`,
      ),
    superseded: (skuId: SkuId, better: SkuId) =>
      reason('exclusive/superseded', skuId, `${sku(skuId)} gives way to ${sku(better)} in the same call.`),
    /** `whose`: of the better one, which is not ours to take. */
    twoHeld: (skuId: SkuId, better: SkuId, { kind, groups }: WhoseLicense) =>
      reason(
        'exclusive/two-held',
        skuId,
        `The user holds ${sku(better)} as well as ${sku(skuId)}, of which the policy wants one at most. ${
          kind === 'inherited'
            ? `${sku(better)} comes from the group ${groups.join(' and ')}, so it is not ours to take: take the user out of the group, or remove ${sku(skuId)} by hand.`
            : `${sku(better)} is not ours to take: remove one of them by hand, or list ${sku(better)} under "adopt".`
        }`,
      ),
  };
}
