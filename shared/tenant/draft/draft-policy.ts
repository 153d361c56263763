import type { SkuId } from '../../kernel/ids';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import { toCountryCode } from '../../policy/iso-country';
import { draftAttributeRules } from './draft-attribute-rules';
import { draftGroupRules } from './draft-group-rules';
import type { DraftedRule } from './drafted-rule';
import type { DraftInput, DraftUser } from './draft-input';
import { findFamilies } from './find-families';
import { writeDraft } from './write-draft';

/** Of users with a usage location and a country so many must agree before the one is taken from the other. */
const mostAgree = 0.95;

/**
 * A policy that says what the tenant's licenses say already: a rule for each group that gives licenses, rules for direct
 * assignments that follow an attribute, families of SKUs, what is adopted. Pure; its plan shows what it would change.
 * @param now milliseconds, for rules about dates
 * @returns the text of a policy file; undefined: no license follows anything
 */
export function draftPolicy(input: DraftInput, now: number): string | undefined {
  const catalogue = makeCatalogue(input.skus);
  const index = indexOfCatalogue(catalogue);
  const users = input.users.map((user) => onlyAssignable(user, (skuId) => catalogue.skuById(skuId)));
  const inScope = users.filter(({ isInScope }) => isInScope);
  const held = inScope.map(({ assignments }) => [
    ...new Set(assignments.filter(({ state }) => state !== 'Error').map(({ skuId }) => skuId)),
  ]);
  const families = findFamilies(held, index);
  const byGroup = draftGroupRules(users, input.groups, now);
  const byAttribute = draftAttributeRules({ ...input, users }, byGroup, families, index);
  const rules = withNames([...byGroup.rules, ...byAttribute.rules]);
  if (rules.length === 0) return undefined;
  const given = new Set(rules.flatMap(({ grants }) => grants.map(({ skuId }) => skuId)));
  return writeDraft(
    {
      rules,
      families: families.filter((family) => family.some((skuId) => given.has(skuId))),
      adopt: byAttribute.adopt,
      notAdopted: byAttribute.notAdopted,
      unexplained: byAttribute.unexplained,
      locationIsCountry: isLocationCountry(inScope),
    },
    catalogue,
  );
}

/** A policy can name only what the tenant has and may assign. */
function onlyAssignable(
  user: DraftUser,
  skuById: (id: SkuId) => { readonly appliesTo: string } | undefined,
): DraftUser {
  return {
    ...user,
    assignments: user.assignments.filter(({ skuId }) => skuById(skuId)?.appliesTo === 'User'),
  };
}

/** Names are unique and stand in every decision: letters, digits and hyphens. */
function withNames(rules: readonly DraftedRule[]): readonly DraftedRule[] {
  const taken = new Set<string>();
  return rules.map((rule) => {
    const plain = rule.name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '');
    const base = plain === '' ? 'rule' : plain;
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}-${String(number)}`;
    taken.add(name);
    return { ...rule, name };
  });
}

function isLocationCountry(users: readonly DraftUser[]): boolean {
  const both = users.flatMap(({ usageLocation, properties: { country } }) =>
    usageLocation !== null && typeof country === 'string' && country !== ''
      ? [{ usageLocation, country }]
      : [],
  );
  const agreeing = both.filter(
    ({ usageLocation, country }) => toCountryCode(country) === usageLocation.toUpperCase(),
  );
  return both.length > 0 && agreeing.length >= mostAgree * both.length;
}
