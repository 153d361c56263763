import { GraphError } from '../../graph/refusals/graph-error';
import type { Clock } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { Directory } from '../../graph/directory';
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
import { areGroupsBound, bindGroups } from './named-groups';
import { joinBindings, saysMore } from '../../words/policy-version';
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
  readonly directory: Pick<Directory, 'findGroups'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** False: never writes. */
  readonly mayStore: boolean;
};

/**
 * Stored policies by hash; each is read and compiled once per process, as a hash never changes its content. One with names
 * that are not bound yet is looked at again after `timing.sources.unboundNames`.
 */
export function makePolicyLibrary(parts: PolicyLibraryParts): PolicyLibrary {
  const { clock } = parts;
  const compiled = new Map<PolicyHash, { readonly until: number; readonly reading: Promise<Loaded> }>();
  return {
    async read(hash) {
      const known = compiled.get(hash);
      if (known !== undefined && clock.now() < known.until) return (await known.reading).inForce;
      const reading = load(parts, hash);
      compiled.set(hash, { until: Infinity, reading });
      try {
        const { inForce, isWhole } = await reading;
        const until = isWhole ? Infinity : clock.now() + timing.sources.unboundNames.ms;
        compiled.set(hash, { until, reading });
        return inForce;
      } catch (error) {
        compiled.delete(hash);
        throw error;
      }
    },
  };
}

/** `isWhole`: every name is bound. */
type Loaded = { readonly inForce: PolicyInForce; readonly isWhole: boolean };

async function load(parts: PolicyLibraryParts, hash: PolicyHash): Promise<Loaded> {
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
  return {
    inForce: { policy: { ...policy, hash, bindings }, knownPlans: toKnownPlans(stored) },
    isWhole: isBound(policy, bindings) && areGroupsBound(policy, bindings),
  };
}

/**
 * Names that are not bound yet are bound to what they stand for now: all those of a policy that an earlier version
 * stored, and those of SKUs and groups that the tenant did not have. That moves no user: a name that stands for nothing
 * sure decides nothing, and is said here, by doctor and in the users' reasons; a group's name that an earlier version took
 * for several groups goes on standing for all of them until a policy that names the right one is activated.
 */
async function bindRest(
  { store, readCatalogue, directory, logger, mayStore }: PolicyLibraryParts,
  policy: Policy,
): Promise<PolicyBindings> {
  const { bindings: stored } = policy;
  if (stored !== null && isBound(policy, stored) && areGroupsBound(policy, stored)) return stored;
  const catalogue = await readCatalogue();
  const known = stored ?? { skus: [], plans: [] };
  const more =
    stored !== null && isBound(policy, stored) ? { skus: [], plans: [] } : bindNames(policy, catalogue);
  const groups = await orNone(bindGroups(directory, policy, known.groups === undefined), logger);
  const bindings = joinBindings(known, groups === undefined ? more : { ...more, groups });
  if (!mayStore || (stored !== null && !saysMore(bindings, known))) return bindings;
  const unsure = resolvePolicy({ ...policy, bindings }, catalogue).problems.map(({ text }) => text);
  logger.info('Names of a stored policy are bound to ids', {
    policyHash: policy.hash,
    skus: bindings.skus.length,
    plans: bindings.plans.length,
    groups: bindings.groups ?? [],
    unsure,
  });
  return store.bind(policy.hash, bindings);
}

/** What Graph does not tell of groups just now stops nothing but the rules that name them. */
async function orNone<Found>(finding: Promise<Found>, logger: Logger): Promise<Found | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    logger.warn('Names of groups could not be bound; tried again in a minute', { reason: error.message });
    return undefined;
  }
}

function toKnownPlans({ knownPlans }: StoredPolicy): KnownServicePlans {
  return new Map(knownPlans.map(({ skuId, servicePlanIds }) => [skuId, new Set(servicePlanIds)]));
}

/**
 * What is stored with a policy beside its text: what its names stand for, and the plans that its SKUs have, today.
 * @throws GraphError
 */
export async function tiedToTenant(
  policy: Policy,
  catalogue: Catalogue,
  directory: Pick<Directory, 'findGroups'>,
): Promise<Required<Pick<StoredPolicy, 'knownPlans' | 'bindings'>>> {
  const groups = await bindGroups(directory, policy);
  return {
    knownPlans: knownPlansOf(policy, catalogue),
    bindings: { ...bindNames(policy, catalogue), groups },
  };
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
