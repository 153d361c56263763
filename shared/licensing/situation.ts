import type { ServicePlanId, SkuId } from '../kernel/ids';
import { activeException } from './entitlement/active-exception';
import type { ActiveException } from './entitlement/active-exception';
import type { CatalogueIndex } from './catalogue/catalogue-index';
import { indexOfCatalogue } from './catalogue/catalogue-index';
import type { DecideInput } from './decision';
import type { Entitlement } from './entitlement/entitlement';
import { findEntitlement } from './entitlement/entitlement';
import { compareText, intersectIds, subtractIds } from '../kernel/id-set';
import type { LicenseReasons } from './reasons/license-reasons';
import { reasonsOf } from './reasons/license-reasons';
import { resolvePolicy } from './entitlement/resolved-policy';
import type { HeldLicense, InheritedLicense } from '../words/license';
import type { LedgerEntry } from '../words/ledger';

/** A direct license that the ledger says is ours, or that the policy adopts now. */
export type OwnedLicense = {
  readonly license: HeldLicense;
  readonly entry: LedgerEntry;
  /** The plans that are off and a user's choice. */
  readonly off: ReadonlySet<ServicePlanId>;
  /** Those of them that a person switched off. */
  readonly byPeople: ReadonlySet<ServicePlanId>;
};

/** Everything known of one user, looked up once, for the steps of one decision. */
export type Situation = {
  readonly input: DecideInput;
  readonly index: CatalogueIndex;
  readonly reasons: LicenseReasons;
  readonly entitlement: Entitlement;
  readonly isWanted: (skuId: SkuId) => boolean;
  /** Exclusive groups, best first. */
  readonly exclusive: readonly (readonly SkuId[])[];
  readonly direct: ReadonlyMap<SkuId, HeldLicense>;
  /** Inherited and in effect. */
  readonly inherited: ReadonlyMap<SkuId, readonly InheritedLicense[]>;
  readonly owned: ReadonlyMap<SkuId, OwnedLicense>;
  readonly exception: ActiveException;
  /** Of an exception that has not ended; null: must not be held. */
  readonly excepted: ReadonlyMap<SkuId, readonly ServicePlanId[] | null>;
};

/** Looks up everything once that the steps of one decision ask for. */
export function makeSituation(input: DecideInput): Situation {
  const { policy, catalogue, holding } = input;
  const index = indexOfCatalogue(catalogue);
  const exclusive = resolvePolicy(policy, catalogue).exclusive;
  const entitlement = findEntitlement(policy, input.user.properties, input.memberships, catalogue, {
    now: input.now,
    absent: 'undecided',
    knownPlans: input.knownPlans,
  });
  const direct = new Map(holding.direct.map((license) => [license.skuId, license]));
  const wantedIds = new Set(entitlement.wanted.map((wanted) => wanted.skuId));
  const inherited = new Map<SkuId, InheritedLicense[]>();
  for (const license of holding.inherited) {
    if (!isInEffect(license)) continue;
    inherited.set(license.skuId, [...(inherited.get(license.skuId) ?? []), license]);
  }
  const exception = activeException(input.exception, input.now);
  return {
    input,
    index,
    reasons: reasonsOf(index),
    entitlement,
    isWanted: (skuId) => wantedIds.has(skuId),
    exclusive,
    direct,
    inherited,
    owned: findOwned(input, index, entitlement, exclusive, direct),
    exception,
    excepted: new Map([...exception.skus].map(([skuId, { disabledPlans }]) => [skuId, disabledPlans])),
  };
}

/** An assignment in error or disabled gives the user nothing. */
export function isInEffect(license: HeldLicense): boolean {
  return license.state === 'Active' || license.state === 'ActiveWithError';
}

function findOwned(
  input: DecideInput,
  index: CatalogueIndex,
  entitlement: Entitlement,
  exclusive: readonly (readonly SkuId[])[],
  direct: ReadonlyMap<SkuId, HeldLicense>,
): ReadonlyMap<SkuId, OwnedLicense> {
  const owned = new Map<SkuId, OwnedLicense>();
  const add = (license: HeldLicense, entry: LedgerEntry) => {
    const plans = index.userPlanSet(license.skuId);
    const off = new Set(intersectIds(license.disabledPlans, plans));
    const byPeople = new Set(subtractIds(off, new Set(entry.disabledByUs)));
    owned.set(license.skuId, { license, entry, off, byPeople });
  };
  for (const entry of input.ledger) {
    const license = direct.get(entry.skuId);
    if (license !== undefined) add(license, entry);
  }
  const adopt = resolvePolicy(input.policy, input.catalogue).adopt;
  for (const license of direct.values()) {
    const { skuId } = license;
    if (owned.has(skuId) || !adopt.has(skuId) || !mayAdopt(skuId, entitlement, exclusive)) continue;
    add(license, {
      skuId,
      disabledByUs: [],
      rules: [],
      policyHash: input.policy.hash,
      adopted: true,
      notEntitledSince: null,
    });
  }
  // In order of SKU, so that the order of rows never shows.
  return new Map([...owned].sort(([a], [b]) => compareText(a, b)));
}

/**
 * A license becomes ours only where the policy gives the user that SKU or something better in its place: adopting
 * one that no rule grants would be to announce its removal.
 */
function mayAdopt(skuId: SkuId, entitlement: Entitlement, exclusive: readonly (readonly SkuId[])[]): boolean {
  return entitlement.wanted.some(
    (wanted) =>
      wanted.skuId === skuId ||
      wanted.fallbacks.some((fallback) => fallback.skuId === skuId) ||
      isLower(exclusive, skuId, wanted.skuId),
  );
}

/** The tenant shows the SKU; a license of one that it does not show is left alone. */
export function isShown({ input }: Pick<Situation, 'input'>, skuId: SkuId): boolean {
  return input.catalogue.skuById(skuId) !== undefined;
}

/** `a` stands below `b` in an exclusive group. */
export function isLower(exclusive: readonly (readonly SkuId[])[], a: SkuId, b: SkuId): boolean {
  return exclusive.some((group) => group.includes(b) && group.indexOf(a) > group.indexOf(b));
}

/** The SKUs of a decision's exclusive groups that stand above this one. */
export function higherSkus(exclusive: readonly (readonly SkuId[])[], skuId: SkuId): SkuId[] {
  return exclusive.flatMap((group) => (group.includes(skuId) ? group.slice(0, group.indexOf(skuId)) : []));
}

/** Plans that inherited licenses of this SKU leave on. */
export function inheritedPlans(situation: Situation, skuId: SkuId): ReadonlySet<ServicePlanId> {
  const on = new Set<ServicePlanId>();
  for (const license of situation.inherited.get(skuId) ?? []) {
    const off = new Set(license.disabledPlans);
    for (const plan of situation.index.userPlans(skuId)) if (!off.has(plan)) on.add(plan);
  }
  return on;
}
