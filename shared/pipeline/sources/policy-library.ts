import { UserError } from '../../kernel/errors';
import type { PolicyHash, SkuId } from '../../kernel/ids';
import type { Logger } from '../../kernel/logger';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { bindNames, isBound } from '../../licensing/entitlement/bind-names';
import type { KnownServicePlans } from '../../licensing/service-plans/service-plan-verdicts';
import { resolvePolicy } from '../../licensing/entitlement/resolved-policy';
import type { Policy } from '../../policy/policy';
import type { PolicyStore } from '../../store/ports/policy-store';
import { compilePolicy } from './policy-file';
import { joinBindings } from '../../words/policy-version';
import type { PolicyBindings, StoredPolicy } from '../../words/policy-version';

/** A policy with the plans that its SKUs had when it was activated: both are inputs of deciding. */
export type PolicyInForce = { readonly policy: Policy; readonly knownPlans: KnownServicePlans };

export type PolicyLibrary = {
  /** UserError `policy/unknown` when it was never stored, `policy/invalid` when this version cannot use it. */
  read(hash: PolicyHash): Promise<PolicyInForce>;
};

export type PolicyLibraryParts = {
  readonly store: PolicyStore;
  readonly readCatalogue: () => Promise<Catalogue>;
  readonly logger: Logger;
  /** False: never writes. */
  readonly mayStore: boolean;
};

/** Stored policies by hash; each is read and compiled once per process, as a hash never changes its content. */
export function makePolicyLibrary(parts: PolicyLibraryParts): PolicyLibrary {
  const compiled = new Map<PolicyHash, Promise<PolicyInForce>>();
  return {
    read(hash) {
      const known = compiled.get(hash);
      if (known !== undefined) return known;
      const loading = load(parts, hash);
      compiled.set(hash, loading);
      loading.catch(() => compiled.delete(hash));
      return loading;
    },
  };
}

async function load(parts: PolicyLibraryParts, hash: PolicyHash): Promise<PolicyInForce> {
  const stored = await parts.store.read(hash);
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
  const bindings = await bindRest(parts, { ...policy, hash, bindings: stored.bindings ?? null });
  return { policy: { ...policy, hash, bindings }, knownPlans: toKnownPlans(stored) };
}

/**
 * Names that are not bound yet are bound to what they stand for now: all those of a policy that an earlier version
 * stored, and those of SKUs that the tenant did not have. That moves no user: a name that stands for nothing sure decides
 * nothing, and is said here, by doctor and in the users' reasons.
 */
async function bindRest(
  { store, readCatalogue, logger, mayStore }: PolicyLibraryParts,
  policy: Policy,
): Promise<PolicyBindings> {
  if (policy.bindings !== null && isBound(policy, policy.bindings)) return policy.bindings;
  const catalogue = await readCatalogue();
  const known = policy.bindings ?? { skus: [], plans: [] };
  const bindings = joinBindings(known, bindNames(policy, catalogue));
  const count = ({ skus, plans }: PolicyBindings) => skus.length + plans.length;
  if (!mayStore || (policy.bindings !== null && count(bindings) === count(known))) return bindings;
  const unsure = resolvePolicy({ ...policy, bindings }, catalogue).problems.map(({ text }) => text);
  const facts = { policyHash: policy.hash, names: count(bindings) - count(known), unsure };
  logger.info('Names of a stored policy are bound to ids', facts);
  return store.bind(policy.hash, bindings);
}

function toKnownPlans({ knownPlans }: StoredPolicy): KnownServicePlans {
  return new Map(knownPlans.map(({ skuId, servicePlanIds }) => [skuId, new Set(servicePlanIds)]));
}

/** What is stored with a policy beside its text: what its names stand for, and the plans that its SKUs have, today. */
export function tiedToTenant(
  policy: Policy,
  catalogue: Catalogue,
): Required<Pick<StoredPolicy, 'knownPlans' | 'bindings'>> {
  return { knownPlans: knownPlansOf(policy, catalogue), bindings: bindNames(policy, catalogue) };
}

/** What `newPlans` is about: the plans that the SKUs of the policy, fallbacks too, have today. */
function knownPlansOf(policy: Policy, catalogue: Catalogue): StoredPolicy['knownPlans'] {
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
