import type { SkuId } from '../../kernel/ids';
import type { ServicePlans, Wording } from './wording';

/** Reasons about a license that is given, held or left as it is. */
export function makeHeldReasons({ sku, rules, except, reason }: Wording) {
  return {
    assigned: (skuId: SkuId, off: ServicePlans, names: readonly string[]) =>
      reason('license/assigned', skuId, `${sku(skuId)} is assigned${except(off)}${rules(names)}.`, off),
    fallbackAssigned: (skuId: SkuId, instead: SkuId, off: ServicePlans, names: readonly string[]) =>
      reason(
        'fallback/meanwhile',
        skuId,
        `${sku(skuId)} is assigned${except(off)} in place of ${sku(instead)}, until ${sku(instead)} can be had${rules(names)}.`,
        off,
      ),
    fallbackKept: (skuId: SkuId, instead: SkuId) =>
      reason('fallback/stands-in', skuId, `${sku(skuId)} stays until ${sku(instead)} can be had.`),
    right: (skuId: SkuId, names: readonly string[]) =>
      reason('license/right', skuId, `${sku(skuId)} is held just as the policy says${rules(names)}.`),
    adopted: (skuId: SkuId, names: readonly string[]) =>
      reason(
        'license/adopted',
        skuId,
        `${sku(skuId)} was assigned by hand; the policy adopts it, and it follows the policy from now on${rules(names)}.`,
      ),
    manual: (skuId: SkuId) =>
      reason(
        'license/manual',
        skuId,
        `${sku(skuId)} was assigned by hand and stays as it is. List it under "adopt" in the policy to let the policy manage it.`,
      ),
    manualNotGranted: (skuId: SkuId) =>
      reason(
        'license/manual-not-granted',
        skuId,
        `${sku(skuId)} was assigned by hand and no rule grants it. It is not adopted and stays: remove it by hand if it is not needed.`,
      ),
    inherited: (skuId: SkuId) =>
      reason(
        'license/inherited',
        skuId,
        `${sku(skuId)} comes from a group with every plan that is needed; no second assignment is made.`,
      ),
    duplicate: (skuId: SkuId) =>
      reason(
        'license/duplicate',
        skuId,
        `${sku(skuId)} is held twice, directly and from a group. It costs one seat; the direct one can be removed if the group gives every plan that is needed.`,
      ),
    licenseError: (skuId: SkuId, error: string, group: string | null) =>
      reason(
        'license/error',
        skuId,
        `Microsoft reports ${error} on ${sku(skuId)}${group === null ? '' : ` from group ${group}`}. Clear the cause; for a group's license, reprocess the user then.`,
      ),
  };
}
