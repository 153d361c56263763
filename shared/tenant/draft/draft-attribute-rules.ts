import type { SkuId, UserId } from '../../kernel/ids';
import type { CatalogueIndex } from '../../licensing/catalogue/catalogue-index';
import type { LicenseAssignmentState } from '../../words/license';
import type { GroupRules } from './draft-group-rules';
import type { DraftedRule } from './drafted-rule';
import type { DraftInput, DraftUser } from './draft-input';
import { mineConditions } from './mine-conditions';
import type { Mined } from './mine-conditions';

/** Direct assignments that no rule explains stay with the people who made them. */
export type Unexplained = { readonly skuId: SkuId; readonly users: readonly DraftUser[] };

export type AttributeRules = {
  readonly rules: readonly DraftedRule[];
  /** SKUs whose direct assignments a rule explains, all of those that a rule of the draft is about. */
  readonly adopt: readonly SkuId[];
  /**
   * SKUs that `adopt` leaves out, with the users on whose account: they hold it directly, no attribute explains that, and a rule
   * gives them the SKU or a better one. `adopt` is for a whole SKU: theirs would be changed to what that rule gives.
   */
  readonly notAdopted: readonly Unexplained[];
  readonly unexplained: readonly Unexplained[];
};

/**
 * Rules for direct assignments that follow an attribute.
 * @param byGroup whom rules for groups give which SKU
 */
export function draftAttributeRules(
  { users, confidence, support }: Pick<DraftInput, 'users' | 'confidence' | 'support'>,
  byGroup: Pick<GroupRules, 'covered' | 'reached'>,
  families: readonly (readonly SkuId[])[],
  index: CatalogueIndex,
): AttributeRules {
  const inScope = users.filter(({ isInScope }) => isInScope);
  const holders = holdersOf(inScope);
  const found: Found[] = [];
  const explainedBy = new Map<SkuId, ReadonlySet<UserId>>();
  const unexplained: Unexplained[] = [];
  for (const skuId of [...holders.keys()].sort((a, b) =>
    index.skuName(a).localeCompare(index.skuName(b), 'en'),
  )) {
    const direct = directOf(inScope, skuId, byGroup.covered.get(skuId));
    if (direct.size === 0) continue;
    const has = unite([skuId, ...betterThan(skuId, families)].map((one) => holders.get(one)));
    const mined = mineConditions({ users: inScope, has, direct, confidence, support });
    const explained = new Set(mined.flatMap((one) => one.users.map(({ id }) => id)));
    for (const one of mined) {
      found.push({ skuId, mined: one, lacking: one.users.filter(({ id }) => !has.has(id)) });
    }
    explainedBy.set(skuId, new Set([...direct.keys()].filter((id) => explained.has(id))));
    const rest = inScope.filter(({ id }) => direct.has(id) && !explained.has(id));
    if (rest.length > 0) unexplained.push({ skuId, users: rest });
  }
  const granted = (skuId: SkuId) =>
    unite([
      byGroup.reached.get(skuId),
      ...found
        .filter((one) => one.skuId === skuId)
        .map(({ mined }) => new Set(mined.users.map(({ id }) => id))),
    ]);
  const candidates = [...new Set(found.map(({ skuId }) => skuId))].map((skuId): Unexplained => {
    const given = unite([skuId, ...betterThan(skuId, families)].map(granted));
    const direct = directOf(inScope, skuId, explainedBy.get(skuId));
    return { skuId, users: inScope.filter(({ id }) => direct.has(id) && given.has(id)) };
  });
  return {
    rules: mergeSame(found, index),
    adopt: candidates.filter(({ users: held }) => held.length === 0).map(({ skuId }) => skuId),
    notAdopted: candidates.filter(({ users: held }) => held.length > 0),
    unexplained,
  };
}

type Found = {
  readonly skuId: SkuId;
  readonly mined: Mined;
  /** Users of the rule who have not got it. */
  readonly lacking: readonly DraftUser[];
};

/** Conditions that are the same give one rule with several SKUs. */
function mergeSame(found: readonly Found[], index: CatalogueIndex): readonly DraftedRule[] {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const key = one.mined.when ?? '';
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [{ mined }] = group as [Found];
    const name =
      mined.values.length === 0 ? 'everybody' : `${mined.by} ${mined.values.slice(0, 3).join(' ')}`;
    return {
      name,
      when: mined.when,
      memberOf: [],
      grants: group.map(({ skuId, mined: { disable } }) => ({ skuId, disable })),
      why: group.map(({ skuId, mined: { users }, lacking }) => {
        const share = `${String(users.length - lacking.length)} of ${String(users.length)}`;
        return `By ${mined.by}: ${share} have ${index.skuName(skuId)}${lackingNote(lacking)}.`;
      }),
    };
  });
}

const mostNamed = 5;

function lackingNote(lacking: readonly DraftUser[]): string {
  if (lacking.length === 0) return '';
  const names = lacking.slice(0, mostNamed).map(({ name }) => name);
  const more = lacking.length - names.length;
  return `; it would be new for ${names.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

/** By SKU, who holds it in whatever way. */
function holdersOf(users: readonly DraftUser[]): ReadonlyMap<SkuId, ReadonlySet<UserId>> {
  const holders = new Map<SkuId, Set<UserId>>();
  for (const { id, assignments } of users) {
    for (const { skuId, state } of assignments) {
      if (state === 'Error') continue;
      holders.set(skuId, (holders.get(skuId) ?? new Set<UserId>()).add(id));
    }
  }
  return holders;
}

/** Who holds it directly, but for some users. */
function directOf(
  users: readonly DraftUser[],
  skuId: SkuId,
  without: ReadonlySet<UserId> | undefined,
): ReadonlyMap<UserId, LicenseAssignmentState> {
  const direct = new Map<UserId, LicenseAssignmentState>();
  for (const { id, assignments } of users) {
    if (without?.has(id)) continue;
    const state = assignments.find((one) => one.skuId === skuId && one.assignedByGroup === null);
    if (state !== undefined) direct.set(id, state);
  }
  return direct;
}

/** Who holds a better one of the family gets nothing by the rule. */
function betterThan(skuId: SkuId, families: readonly (readonly SkuId[])[]): readonly SkuId[] {
  const family = families.find((members) => members.includes(skuId)) ?? [];
  return family.slice(0, Math.max(0, family.indexOf(skuId)));
}

function unite(sets: readonly (ReadonlySet<UserId> | undefined)[]): ReadonlySet<UserId> {
  return new Set(sets.flatMap((set) => [...(set ?? [])]));
}
