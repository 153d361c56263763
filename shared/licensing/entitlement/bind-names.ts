import { isGuid } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import type { Policy } from '../../policy/policy';
import type { PolicyBindings } from '../../words/policy-version';
import type { Catalogue } from '../catalogue/catalogue';
import { makeNamedThings, namesAmong } from '../catalogue/named-things';

/**
 * The ids that the names of a policy stand for in this tenant today, to be stored with it. A name that nothing has, or
 * that several things have, is not bound: it decides nothing.
 */
export function bindNames(
  policy: Pick<Policy, 'rules' | 'exclusive' | 'adopt' | 'prices'>,
  catalogue: Catalogue,
): PolicyBindings {
  const things = makeNamedThings(null, catalogue);
  const grants = policy.rules.flatMap((rule) => rule.assign);
  const references = [
    ...grants.flatMap((grant) => [grant.sku, ...grant.fallback]),
    ...policy.exclusive.flat(),
    ...policy.adopt,
    ...Object.keys(policy.prices),
  ];
  const skus = new Map(
    references.flatMap((reference) => {
      const found = things.sku(reference);
      return found.kind === 'is' ? [[found.it.skuId, found.it] as const] : [];
    }),
  );
  const plans = namesAmong([
    ...grants.flatMap(({ plans }) => (plans.kind === 'all' ? [] : plans.plans)),
    ...policy.rules.flatMap((rule) => rule.without),
  ]);
  return {
    skus: namesAmong(references).flatMap((name) => {
      const found = things.sku(name);
      return found.kind === 'is' ? [{ name, skuId: found.it.skuId }] : [];
    }),
    plans: [...skus.keys()].sort().flatMap((skuId) =>
      plans.flatMap((name) => {
        const sku = skus.get(skuId);
        const found = sku === undefined ? undefined : things.plan(sku, name);
        return found?.kind === 'is' ? [{ skuId, name, servicePlanId: found.it.servicePlanId }] : [];
      }),
    ),
  };
}

/** Every SKU that the policy names is bound (prices, which decide nothing, may be for SKUs that the tenant has not), and every plan of the SKU that a grant is about. */
export function isBound(
  { rules, exclusive, adopt }: Pick<Policy, 'rules' | 'exclusive' | 'adopt'>,
  bindings: PolicyBindings,
): boolean {
  const skus = new Map<string, string>(bindings.skus.map(({ name, skuId }) => [name, skuId]));
  const plans = new Set(bindings.plans.map(({ skuId, name }) => `${skuId} ${name}`));
  const grants = rules.flatMap((rule) => rule.assign);
  const references = [
    ...grants.flatMap((grant) => [grant.sku, ...grant.fallback]),
    ...exclusive.flat(),
    ...adopt,
  ];
  return (
    namesAmong(references).every((name) => skus.has(name)) &&
    grants.every(({ sku, plans: asked }) => {
      const skuId = isGuid(sku) ? sku.toLowerCase() : skus.get(foldText(sku));
      const names = namesAmong(asked.kind === 'all' ? [] : asked.plans);
      return names.every((name) => plans.has(`${String(skuId)} ${name}`));
    })
  );
}
