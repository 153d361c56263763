import type { SkuId } from '../../kernel/ids';
import type { Wording } from './wording';

/** Reasons of what a person decided for one user. */
export function makeExceptionReasons({ sku, reason }: Wording) {
  return {
    exceptionRight: (skuId: SkuId, why: string) =>
      reason('pin/right', skuId, `${sku(skuId)} is held as the exception says: ${why}`),
    exceptionApplied: (skuId: SkuId, why: string, lost = '') =>
      reason('pin/applied', skuId, `${sku(skuId)} is changed to what the exception says: ${why}${lost}`),
    exceptionAbsent: (skuId: SkuId, why: string) =>
      reason('pin/absent', skuId, `The exception says that the user must not hold ${sku(skuId)}: ${why}`),
    exceptionRemoved: (skuId: SkuId, why: string, lost: string) =>
      reason(
        'pin/removed',
        skuId,
        `${sku(skuId)} is removed, because the exception says that the user must not hold it: ${why}${lost}`,
      ),
    exceptionEnded: (skuId: SkuId, lost: string) =>
      reason(
        'pin/ended',
        skuId,
        `${sku(skuId)} is removed: a person had granted it for a time that is over, and no rule grants it.${lost}`,
      ),
    exceptionNotOurs: (skuId: SkuId) =>
      reason(
        'pin/not-ours',
        skuId,
        `The exception does not change ${sku(skuId)}: it was assigned by hand or comes from a group. Change it there.`,
      ),
    exceptionBeside: (skuId: SkuId, excepted: SkuId) =>
      reason(
        'pin/beside',
        skuId,
        `${sku(skuId)} is not given, because an exception keeps ${sku(excepted)} of the same exclusive group. Release that exception ("licenser undo --release" or "licenser exception release") to let the policy choose.`,
      ),
    exceptionOutOfScope: (skuId: SkuId) =>
      reason(
        'pin/out-of-scope',
        skuId,
        `The exception asks for ${sku(skuId)}, but the user is out of scope and is granted nothing. Release the exception, or bring the user into scope.`,
      ),
  };
}
