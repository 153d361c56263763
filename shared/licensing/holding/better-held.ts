import type { SkuId } from '../../kernel/ids';
import { higherSkus, type Situation } from '../situation';

/** A better SKU of the same exclusive group that the user holds and that is not ours to take, or is kept by an exception. */
export function findBetterHeld(situation: Situation, skuId: SkuId): SkuId | undefined {
  return higherSkus(situation.exclusive, skuId).find((higher) =>
    situation.owned.has(higher)
      ? (situation.excepted.get(higher) ?? null) !== null
      : situation.direct.has(higher) || situation.inherited.has(higher),
  );
}

/** Another SKU of the same exclusive group that an exception says is held. */
export function findExceptedBeside(situation: Situation, skuId: SkuId): SkuId | undefined {
  return situation.exclusive
    .filter((group) => group.includes(skuId))
    .flat()
    .find((other) => other !== skuId && (situation.excepted.get(other) ?? null) !== null);
}
