import { compareText } from '../../../kernel/id-set';
import { costOf, lineOf, namesOf } from './finding-user';
import type { FindingInput, MakeFinding } from './finding-user';
import type { HeldSku } from '../held-skus';

/** One seat is taken, so nothing is saved; but the direct license outlives the group. */
export const findDirectAndInherited: MakeFinding = (input) => {
  const found = input.seen
    .map(({ user, held }) => ({
      user,
      both: held.filter(({ isDirect, groups }) => isDirect && groups.length > 0),
    }))
    .filter(({ both }) => both.length > 0);
  return {
    code: 'directAndInherited',
    title: 'The same SKU directly and by a group',
    text: 'It takes one seat, but who leaves the group keeps the license, and plans that the group switches off stay on. Remove the direct one where both have the same plans.',
    count: found.length,
    cost: null,
    lines: found.map(({ user, both }) =>
      lineOf(
        user,
        both
          .map((one) => describe(one, input))
          .sort()
          .join('; '),
      ),
    ),
  };
};

function describe({ skuId, groups }: HeldSku, { index, groupNames }: FindingInput): string {
  const names = groups.map((id) => groupNames.get(id) ?? id).sort();
  return `${index.skuName(skuId)}, also by ${names.join(', ')}`;
}

/** A SKU of which every plan that is on comes with another SKU of the same user. */
export type Overlap = { readonly part: HeldSku; readonly whole: HeldSku };

/** Of two that have the same plans on, the one that is named later counts as the part. */
export function overlapsOf(held: readonly HeldSku[], nameOf: (skuId: HeldSku['skuId']) => string): Overlap[] {
  return held.flatMap((part) => {
    if (part.on.size === 0) return [];
    const whole = held.find(
      (other) =>
        other !== part &&
        [...part.on].every((plan) => other.on.has(plan)) &&
        (other.on.size > part.on.size || compareText(nameOf(other.skuId), nameOf(part.skuId)) < 0),
    );
    return whole === undefined ? [] : [{ part, whole }];
  });
}

/** Licenses that could go without the user losing a plan. */
export const findOverlaps: MakeFinding = (input) => {
  const nameOf = (skuId: HeldSku['skuId']) => input.index.skuName(skuId);
  const found = input.seen
    .map(({ user, held }) => ({ user, overlaps: overlapsOf(held, nameOf) }))
    .filter(({ overlaps }) => overlaps.length > 0);
  const parts = found.flatMap(({ overlaps }) => overlaps.map(({ part }) => part));
  return {
    code: 'overlappingSkus',
    title: 'SKUs whose every plan comes with another SKU of the user',
    text: 'The smaller one can go without a plan being lost. Look first whether it is there for more than plans, such as rights of a subscription.',
    count: found.length,
    cost: costOf(parts, input),
    lines: found.map(({ user, overlaps }) =>
      lineOf(
        user,
        overlaps
          .map(({ part, whole }) => `${namesOf([part], input)} in ${namesOf([whole], input)}`)
          .join('; '),
      ),
    ),
  };
};
