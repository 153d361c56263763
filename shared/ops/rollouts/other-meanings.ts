import { compareText } from '../../kernel/id-set';
import type { PolicyBindings } from '../../words/policy-version';

/** The names that stood for something else in `before` than in `now`, each as a sentence without its full stop. */
export function findOtherMeanings(before: PolicyBindings | null, now: PolicyBindings): readonly string[] {
  const known = idsByName(before ?? { skus: [], plans: [] });
  return [...idsByName(now)].flatMap(([name, ids]) => {
    const then = known.get(name);
    return then === undefined || then === ids ? [] : [`${name} was ${then} and is ${ids} now`];
  });
}

function idsByName({ skus, plans, groups = [] }: PolicyBindings): ReadonlyMap<string, string> {
  const ids = new Map<string, string>([
    ...skus.map(({ name, skuId }) => [`SKU ${name}`, skuId] as const),
    ...plans.map(({ skuId, name, servicePlanId }) => [`plan ${name} of ${skuId}`, servicePlanId] as const),
  ]);
  for (const { name, groupId } of [...groups].sort((a, b) => compareText(a.groupId, b.groupId))) {
    const others = ids.get(`group ${name}`);
    ids.set(`group ${name}`, others === undefined ? groupId : `${others} and ${groupId}`);
  }
  return ids;
}
