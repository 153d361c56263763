import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { isGuid, toSkuId } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import type { PolicyBindings } from '../../words/policy-version';
import type { ServicePlan, SubscribedSku } from '../../words/sku';
import type { Catalogue } from './catalogue';
import { plansNamed } from './catalogue';

/**
 * What a name of a policy stands for. `gone`: what it was bound to is not there any more. `moved`: the same, and
 * another one has the name now. `ambiguous`: several have the name, and none was bound.
 */
export type Meaning<Thing, Id> =
  | { readonly kind: 'is'; readonly it: Thing }
  | { readonly kind: 'gone' | 'moved'; readonly id: Id }
  | { readonly kind: 'ambiguous'; readonly ids: readonly Id[] }
  | { readonly kind: 'unknown' };

/** What the SKUs and plans that a policy names stand for in this tenant. */
export type NamedThings = {
  sku(reference: string): Meaning<SubscribedSku, SkuId>;
  plan(sku: SubscribedSku, reference: string): Meaning<ServicePlan, ServicePlanId>;
};

/**
 * A name that was bound when the policy was stored keeps its id, whatever the tenant calls it now; one that was not
 * stands for the only thing of that name. Ids stand for themselves. The order in which Graph lists things never counts.
 * `bindings` null: names mean what they mean in the tenant today.
 */
export function makeNamedThings(bindings: PolicyBindings | null, catalogue: Catalogue): NamedThings {
  const skuIds = new Map(bindings?.skus.map(({ name, skuId }) => [name, skuId]));
  const planIds = new Map(
    bindings?.plans.map(({ skuId, name, servicePlanId }) => [`${skuId} ${name}`, servicePlanId]),
  );
  return {
    sku(reference) {
      const bound = skuIds.get(foldText(reference));
      const named = catalogue.skusNamed(reference);
      return meaningOf(
        bound,
        named,
        (id) => catalogue.skuById(id),
        ({ skuId }) => skuId,
      );
    },
    plan(sku, reference) {
      const bound = planIds.get(`${sku.skuId} ${foldText(reference)}`);
      const byId = (id: ServicePlanId) =>
        sku.servicePlans.find(({ servicePlanId }) => servicePlanId === id.toLowerCase());
      return meaningOf(bound, plansNamed(sku, reference), byId, ({ servicePlanId }) => servicePlanId);
    },
  };
}

function meaningOf<Thing, Id>(
  bound: Id | undefined,
  named: readonly Thing[],
  byId: (id: Id) => Thing | undefined,
  idOf: (thing: Thing) => Id,
): Meaning<Thing, Id> {
  if (bound !== undefined) {
    const it = byId(bound);
    if (it !== undefined) return { kind: 'is', it };
    return { kind: named.length === 0 ? 'gone' : 'moved', id: bound };
  }
  const [it, ...others] = named;
  if (it === undefined) return { kind: 'unknown' };
  return others.length === 0 ? { kind: 'is', it } : { kind: 'ambiguous', ids: named.map(idOf).sort() };
}

/** The id of the SKU that a reference means, whether the tenant has it or not; undefined: it never stood for one SKU. */
export function idMeant(reference: string, sku: Meaning<SubscribedSku, SkuId>): SkuId | undefined {
  switch (sku.kind) {
    case 'is':
      return sku.it.skuId;
    case 'gone':
    case 'moved':
      return sku.id;
    case 'unknown':
      return isGuid(reference) ? toSkuId(reference) : undefined;
    case 'ambiguous':
      return undefined;
  }
}

/** The references that are names: ids need no binding. Each once, as they are bound. */
export function namesAmong(references: readonly string[]): readonly string[] {
  return [...new Set(references.filter((reference) => !isGuid(reference)).map(foldText))].sort();
}
