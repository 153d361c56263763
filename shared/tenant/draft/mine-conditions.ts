import type { ServicePlanId, UserId } from '../../kernel/ids';
import { maximumRuleLength } from '../../policy/rule/syntax/parse-rule';
import { commonDisabled } from './drafted-rule';
import { draftAttributes } from './draft-input';
import type { DraftUser } from './draft-input';
import { ruleOf, usersByValue } from './users-by-value';
import type { ValueUsers } from './users-by-value';

/** What is looked for: a condition that a SKU's direct assignments follow. */
export type Mining = {
  /** Users in scope. */
  readonly users: readonly DraftUser[];
  /** Who holds the SKU, or a better one of its family: nothing changes for them. */
  readonly has: ReadonlySet<UserId>;
  /** Direct assignments to be explained, with the plans that are off. */
  readonly direct: ReadonlyMap<UserId, { readonly disabledPlans: readonly ServicePlanId[] }>;
  readonly confidence: number;
  readonly support: number;
};

/** A condition and the users whom it is for. */
export type Mined = {
  /** null: every user in scope. */
  readonly when: string | null;
  /** `department`, `department and country`; for the name and the comment. */
  readonly by: string;
  readonly values: readonly string[];
  readonly disable: readonly ServicePlanId[];
  readonly users: readonly DraftUser[];
};

const pairs = draftAttributes.flatMap((one, index) =>
  draftAttributes.slice(index + 1).map((other) => [one, other] as const),
);

type Candidate = ValueUsers & { readonly when: string; readonly disable: readonly ServicePlanId[] };

/**
 * Conditions by which nearly everyone who meets them has the SKU: one for all, then single attributes, then two together, each time
 * the attribute that explains most of what is left.
 */
export function mineConditions(mining: Mining): readonly Mined[] {
  const { users, direct } = mining;
  const open = new Set(direct.keys());
  if (fits(mining, users, open)) {
    return [{ when: null, by: 'scope', values: [], disable: disableOf(mining, users), users }];
  }
  const mined: Mined[] = [];
  const take = (found: readonly Mined[]) => {
    for (const one of found) for (const { id } of one.users) open.delete(id);
    mined.push(...found);
  };
  const takeAll = (find: () => readonly Mined[]) => {
    for (let found = find(); found.length > 0; found = find()) take(found);
  };
  takeAll(() =>
    bestOf(
      draftAttributes.map((attribute) => bySingle(mining, open, attribute)),
      open,
    ),
  );
  takeAll(() =>
    bestOf(
      pairs.map(([one, other]) => byTwo(mining, open, one, other)),
      open,
    ),
  );
  return mined;
}

/** Whether a rule for these users is worth while: enough of them are to be explained, and nearly all have the SKU. */
function fits(
  { has, confidence, support }: Mining,
  users: readonly DraftUser[],
  open: ReadonlySet<UserId>,
): boolean {
  const explained = users.filter(({ id }) => open.has(id)).length;
  if (explained < support) return false;
  return users.filter(({ id }) => has.has(id)).length >= confidence * users.length;
}

function bySingle(mining: Mining, open: ReadonlySet<UserId>, attribute: (typeof draftAttributes)[number]) {
  const candidates = usersByValue(mining.users, attribute)
    .filter(({ users }) => fits(mining, users, open))
    .map((one): Candidate => ({
      ...one,
      when: ruleOf(attribute, [one.value]),
      disable: disableOf(mining, one.users),
    }));
  const whenOf = (group: readonly Candidate[]) =>
    ruleOf(
      attribute,
      group.map(({ value }) => value),
    );
  return groupByPlans(candidates, whenOf).map((group): Mined => ({
    when: whenOf(group),
    by: attribute,
    values: group.map(({ value }) => value),
    disable: group[0]?.disable ?? [],
    users: group.flatMap(({ users }) => users),
  }));
}

function byTwo(
  mining: Mining,
  open: ReadonlySet<UserId>,
  one: (typeof draftAttributes)[number],
  other: (typeof draftAttributes)[number],
) {
  const candidates = usersByValue(mining.users, one).flatMap((first) => {
    if (first.users.filter(({ id }) => open.has(id)).length < mining.support) return [];
    return usersByValue(first.users, other)
      .filter(({ users }) => fits(mining, users, open))
      .map((second): Candidate => ({
        value: `${first.value} ${second.value}`,
        users: second.users,
        when: `(${ruleOf(one, [first.value])} -and ${ruleOf(other, [second.value])})`,
        disable: disableOf(mining, second.users),
      }));
  });
  const whenOf = (group: readonly Candidate[]) => group.map(({ when }) => when).join(' -or ');
  return groupByPlans(candidates, whenOf).map((group): Mined => ({
    when: whenOf(group),
    by: `${one} and ${other}`,
    values: group.map(({ value }) => value),
    disable: group[0]?.disable ?? [],
    users: group.flatMap(({ users }) => users),
  }));
}

/** Values whose users have the same plans off make one rule, or as many as its greatest length asks for. */
function groupByPlans(
  candidates: readonly Candidate[],
  whenOf: (group: readonly Candidate[]) => string,
): readonly (readonly Candidate[])[] {
  const groups = new Map<string, Candidate[][]>();
  for (const candidate of candidates) {
    if (candidate.when.length > maximumRuleLength) continue;
    const key = candidate.disable.join();
    const parts = groups.get(key) ?? [];
    groups.set(key, parts);
    const last = parts.at(-1);
    if (last !== undefined && whenOf([...last, candidate]).length <= maximumRuleLength) last.push(candidate);
    else parts.push([candidate]);
  }
  return [...groups.values()].flat();
}

/** The attribute that explains most; of equals the first. */
function bestOf(found: readonly (readonly Mined[])[], open: ReadonlySet<UserId>): readonly Mined[] {
  const worth = (mined: readonly Mined[]) =>
    mined.reduce((sum, { users }) => sum + users.filter(({ id }) => open.has(id)).length, 0);
  return found.reduce((best, one) => (worth(one) > worth(best) ? one : best), []);
}

function disableOf({ direct }: Mining, users: readonly DraftUser[]): readonly ServicePlanId[] {
  return commonDisabled(users.flatMap(({ id }) => direct.get(id) ?? []));
}
