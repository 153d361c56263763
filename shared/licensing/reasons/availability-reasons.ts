import type { SkuId } from '../../kernel/ids';
import type { Reason } from '../../words/reason';
import type { Wording } from './wording';

/** Reasons why a SKU cannot be given now. */
export function makeAvailabilityReasons({ sku, grace, reason }: Wording) {
  return {
    allPlansOff: (skuId: SkuId) =>
      reason(
        'plans/all-off',
        skuId,
        `The policy leaves no plan of ${sku(skuId)} on, so a seat would be spent on nothing. Leave a plan on, or do not grant ${sku(skuId)} to this user.`,
      ),
    seatsExhausted: (skuId: SkuId) =>
      reason(
        'seats/exhausted',
        skuId,
        `No seat of ${sku(skuId)} is free. The user is on the waiting list and gets one as soon as seats are bought or freed.${grace(skuId)}`,
      ),
    seatsScarce: (skuId: SkuId) =>
      reason(
        'seats/scarce',
        skuId,
        `Seats of ${sku(skuId)} are scarce and handed out by priority, then by waiting time. The user is on the waiting list.`,
      ),
    notForUsers: (skuId: SkuId) =>
      reason(
        'sku/company',
        skuId,
        `${sku(skuId)} is licensed to the whole company and cannot be assigned to a user. Take it out of the policy.`,
      ),
    notAssignable: (skuId: SkuId) =>
      reason(
        'sku/unassignable',
        skuId,
        `Graph does not let administrators assign ${sku(skuId)}, as it answered before ("licenser sku conflicts" shows its words). Take it out of the policy.`,
      ),
    notActive: (skuId: SkuId, status: string) =>
      reason(
        'sku/not-active',
        skuId,
        `The subscription of ${sku(skuId)} is ${status}, so it cannot be assigned. Renew it, or take it out of the policy.`,
      ),
    /** `trouble`: why no license of the SKU can be written. */
    heldInVain: (trouble: Reason): Reason => ({
      ...trouble,
      text: `The user holds it as the policy says, and it may give nothing: ${trouble.text}`,
    }),
    skuMissing: (skuId: SkuId) =>
      reason(
        'sku/unknown',
        skuId,
        `${sku(skuId)} is not among this tenant's subscriptions any more, so it cannot be assigned. Renew it, or take it out of the policy.`,
      ),
    skuGone: (skuId: SkuId) =>
      reason(
        'sku/unknown',
        skuId,
        `${sku(skuId)} is not among this tenant's subscriptions any more, so its license is left alone. Remove it by hand if Microsoft has not done so.`,
      ),
  };
}
