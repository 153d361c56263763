import { UserError } from '../../kernel/errors';
import type { PolicyHash, SkuId } from '../../kernel/ids';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { KnownServicePlans } from '../../licensing/service-plans/service-plan-verdicts';
import { resolvePolicy } from '../../licensing/entitlement/resolved-policy';
import type { Policy } from '../../policy/policy';
import type { PolicyStore } from '../../store/ports/policy-store';
import { compilePolicy } from './policy-file';
import type { StoredPolicy } from '../../words/policy-version';

/** A policy with the plans that its SKUs had when it was activated: both are inputs of deciding. */
export type PolicyInForce = { readonly policy: Policy; readonly knownPlans: KnownServicePlans };

export type PolicyLibrary = {
  /** UserError `policy/unknown` when it was never stored, `policy/invalid` when this version cannot use it. */
  read(hash: PolicyHash): Promise<PolicyInForce>;
};

/** Stored policies by hash; each is read and compiled once per process, as a hash never changes its content. */
export function makePolicyLibrary(store: PolicyStore): PolicyLibrary {
  const compiled = new Map<PolicyHash, Promise<PolicyInForce>>();
  return {
    read(hash) {
      const known = compiled.get(hash);
      if (known !== undefined) return known;
      const loading = load(store, hash);
      compiled.set(hash, loading);
      loading.catch(() => compiled.delete(hash));
      return loading;
    },
  };
}

async function load(store: PolicyStore, hash: PolicyHash): Promise<PolicyInForce> {
  const stored = await store.read(hash);
  if (stored === undefined) {
    throw new UserError(
      'policy/unknown',
      `The policy ${hash.slice(0, 12)} is not stored, or its row cannot be read`,
      {
        hint: 'The stored ones: `licenser policy list`. Rows that cannot be read: `licenser repair`.',
      },
    );
  }
  const policy = compilePolicy(stored.text, hash.slice(0, 12));
  // A newer version of the app may read more out of the same text: it keeps the name under which it is stored.
  return { policy: { ...policy, hash }, knownPlans: toKnownPlans(stored) };
}

function toKnownPlans({ knownPlans }: StoredPolicy): KnownServicePlans {
  return new Map(knownPlans.map(({ skuId, servicePlanIds }) => [skuId, new Set(servicePlanIds)]));
}

/** What `newPlans` is about: the plans that the SKUs of the policy, fallbacks too, have today. */
export function knownPlansOf(policy: Policy, catalogue: Catalogue): StoredPolicy['knownPlans'] {
  const skuIds = new Set<SkuId>(
    resolvePolicy(policy, catalogue).rules.flatMap((rule) =>
      rule.grants.flatMap((grant) => [grant.skuId, ...grant.fallback.map((one) => one.skuId)]),
    ),
  );
  return [...skuIds].sort().map((skuId) => ({
    skuId,
    servicePlanIds: (catalogue.skuById(skuId)?.servicePlans ?? []).map((plan) => plan.servicePlanId).sort(),
  }));
}
