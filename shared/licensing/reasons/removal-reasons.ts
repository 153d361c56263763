import { isoTime } from '../../kernel/clock';
import type { SkuId } from '../../kernel/ids';
import type { Wording } from './wording';

/** Reasons about a license that no rule grants any more. */
export function makeRemovalReasons({ sku, reason }: Wording) {
  return {
    removalDue: (skuId: SkuId, lost: string, since: number) =>
      reason(
        'removal/due',
        skuId,
        `${sku(skuId)} is removed: the policy has not granted it since ${isoTime(since)}.${lost}`,
      ),
    removalGrace: (skuId: SkuId, lost: string, dueAt: number) =>
      reason(
        'removal/grace',
        skuId,
        `No rule grants ${sku(skuId)} any more. It is removed on ${isoTime(dueAt)} unless the user is entitled again by then.${lost}`,
      ),
    removalKept: (skuId: SkuId) =>
      reason(
        'removal/kept',
        skuId,
        `No rule grants ${sku(skuId)} any more; it stays, because the policy says "removal: keep".`,
      ),
    removalUnsure: (skuId: SkuId, trouble: string) =>
      reason(
        'removal/unsure',
        skuId,
        `${sku(skuId)} stays, because what the policy grants this user is not sure: ${trouble}`,
      ),
    replaced: (skuId: SkuId, by: SkuId, lost: string, since: number) =>
      reason(
        'removal/replaced',
        skuId,
        `${sku(skuId)} is replaced by ${sku(by)} in one call: the policy has not granted it since ${isoTime(since)}.${lost}`,
      ),
    replacementMissing: (skuId: SkuId, by: SkuId) =>
      reason(
        'removal/replacement-missing',
        skuId,
        `${sku(skuId)} stays, although no rule grants it, until ${sku(by)} can be had: the user is not left without.`,
      ),
  };
}
