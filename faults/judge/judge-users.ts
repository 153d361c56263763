import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { PermanentError } from '../../shared/kernel/errors';
import { toUserId } from '../../shared/kernel/ids';
import type { TableStores } from '../../shared/store/tables/table-stores';
import type { UserState } from '../../shared/words/user-state';
import { policyTextOf } from '../script/policy-text';
import { wantedOf } from '../script/policy-oracle';
import type { Wanted } from '../script/policy-oracle';
import type { Change } from '../script/script';
import { family, skus, userIdOf } from '../script/tenant-model';
import type { PlanName, PolicyModel, SkuName, UserNumber } from '../script/tenant-model';
import { factsOf, freeSeatsOf, holdingOf } from '../world/holdings';
import type { Held } from '../world/holdings';
import type { FaultCounts } from '../world/weather';
import { givenAt, optedOut } from './opted-out';
import type { Problem } from './problem';

export type UsersAtEnd = {
  readonly graph: OpenGraph;
  readonly stores: TableStores;
  readonly policies: readonly PolicyModel[];
  readonly users: readonly UserNumber[];
  readonly changes: readonly Change[];
  readonly faults: FaultCounts;
  /** When the run began: milliseconds of its clock. */
  readonly startedAt: number;
  /** What the app gave, by user; what a person touched is not in it. */
  readonly ours: ReadonlyMap<UserNumber, ReadonlySet<SkuName>>;
  /** Who has moved since the plan of an activation is left alone by it, and moved by the census. */
  readonly isBeforeCensus: boolean;
};

/** From the third death of a process on, a user who was handled meanwhile may be given up on. */
const deathsThatCount = 3;

/** Once all is quiet: each user who is there holds what the policy says, or their row says why not. */
export async function judgeUsers(end: UsersAtEnd): Promise<readonly Problem[]> {
  const inForce = await policiesInForce(end);
  const problems: Problem[] = [];
  for (const user of end.users) {
    if (!factsOf(end.graph, user).isThere) continue;
    const found = await judgeUser(end, user, inForce);
    if (found.length > 0 && end.isBeforeCensus && (await wasLeftAlone(end, user))) continue;
    problems.push(...found.map((text): Problem => ({ kind: 'lost', text: `user ${String(user)}: ${text}` })));
  }
  return problems;
}

/** An activation says of this member that the plan no longer held. */
async function wasLeftAlone({ stores }: UsersAtEnd, user: UserNumber): Promise<boolean> {
  for (const { id, kind } of await stores.rollouts.list()) {
    if (kind !== 'activation') continue;
    const member = await stores.rollouts.readMember(id, toUserId(userIdOf(user)));
    if (member?.reason?.code === 'rollout/moved') return true;
  }
  return false;
}

/** The one that is active; while its rollout is not over, the one before it too. */
async function policiesInForce({ stores, policies }: UsersAtEnd): Promise<readonly PolicyModel[]> {
  const [pointer, rollouts] = [await stores.policies.pointer(), await stores.rollouts.list()];
  const isMoving = rollouts.some(({ kind, endedAt, state }) => {
    return (kind === 'activation' || kind === 'return') && endedAt === null && state !== 'awaiting';
  });
  if (isMoving || pointer.active === null) return policies;
  const text = (await stores.policies.read(pointer.active))?.text;
  return policies.filter((policy) => policyTextOf(policy) === text);
}

async function judgeUser(
  end: UsersAtEnd,
  user: UserNumber,
  inForce: readonly PolicyModel[],
): Promise<readonly string[]> {
  let state: UserState | null;
  try {
    ({ state } = await end.stores.users.read(toUserId(userIdOf(user))));
  } catch (error) {
    if (error instanceof PermanentError && end.faults.damagedRow !== undefined)
      return judgeDamaged(end, user);
    throw error;
  }
  if (state === null) return ['no row'];
  const { outcome } = state;
  if (outcome === 'failed') {
    return (end.faults.kill ?? 0) >= deathsThatCount ? [] : [`failed: ${describe(state)}`];
  }
  const open = state.intent === null ? [] : ['a write is still open'];
  if (outcome === null) return [...open, `no outcome: ${describe(state)}`];
  const answers = inForce.map((policy) => judgeByPolicy(end, user, state, policy));
  // Of several policies that may be theirs, one must be followed.
  return [...open, ...(answers.find((problems) => problems.length === 0) ?? answers[0] ?? [])];
}

/** What cannot be read is a failure that people see; nothing is known of such a user any more. */
async function judgeDamaged({ stores }: UsersAtEnd, user: UserNumber): Promise<readonly string[]> {
  const failures = await stores.failures.ofSubject(userIdOf(user));
  return failures.length > 0 ? [] : ['the row cannot be read, and no failure says so'];
}

function judgeByPolicy(
  end: UsersAtEnd,
  user: UserNumber,
  state: UserState,
  policy: PolicyModel,
): readonly string[] {
  const { graph } = end;
  const held = holdingOf(graph, user);
  const wanted = wantedOf(policy, factsOf(graph, user));
  const said = (sku: SkuName) => state.skus.find(({ skuId }) => skuId === skus[sku].id)?.outcome;
  const ours = end.ours.get(user) ?? new Set<SkuName>();
  const isWaiting = (sku: SkuName) => freeSeatsOf(graph, sku) <= 0;
  const missing = [...wanted].flatMap(([sku, one]) =>
    judgeWanted({
      sku,
      one,
      held,
      ours,
      policy,
      said,
      isWaiting,
      byPeople: optedOut(end, user, sku, givenAt(end, user, sku)),
    }),
  );
  const standIns = new Set(
    [...wanted].filter(([sku]) => !held.direct.has(sku)).flatMap(([, { fallback }]) => fallback),
  );
  // A swap waits as a whole: for a seat of what comes instead, for approval, or for a policy that leaves a plan of it on.
  const lacksOfFamily = family.some((sku) => {
    const one = wanted.get(sku);
    if (one === undefined || held.direct.has(sku)) return false;
    return isWaiting(sku) || isHeld(policy, said(sku)) || leavesNoPlan(sku, one);
  });
  const tooMuch = [...held.direct.keys()]
    .filter((sku) => !wanted.has(sku) && ours.has(sku) && policy.removal !== 'keep')
    .filter(
      (sku) => !standIns.has(sku) && !(policy.isFamilyExclusive && family.includes(sku) && lacksOfFamily),
    )
    .filter((sku) => !isHeld(policy, said(sku)) && said(sku) !== 'pinned')
    .map((sku) => `still holds ${sku}: ${describe(state)}`);
  return [...missing.map((text) => `${text}: ${describe(state)}`), ...tooMuch];
}

type Asked = {
  readonly sku: SkuName;
  readonly one: Wanted;
  readonly held: Held;
  readonly ours: ReadonlySet<SkuName>;
  readonly policy: PolicyModel;
  readonly said: (sku: SkuName) => string | undefined;
  readonly isWaiting: (sku: SkuName) => boolean;
  /** Plans that a person has switched off: they may stay so. */
  readonly byPeople: ReadonlySet<PlanName>;
};

function judgeWanted({ sku, one, held, ours, policy, said, isWaiting, byPeople }: Asked): string[] {
  const off = offOf(sku, one);
  const isOdd = leavesNoPlan(sku, one);
  const outcome = said(sku);
  const isExcused = isHeld(policy, outcome) || outcome === 'pinned';
  const now = held.direct.get(sku);
  if (now !== undefined) {
    if (!ours.has(sku) || isOdd || isExcused) return [];
    const differs =
      now.some((plan) => !off.includes(plan) && !byPeople.has(plan)) ||
      off.some((plan) => !now.includes(plan));
    return differs && outcome !== 'blocked'
      ? [`${sku} is held without ${now.join(', ')} instead of ${off.join(', ')}`]
      : [];
  }
  if (held.inherited.has(sku) || isOdd || isExcused) return [];
  const higher = policy.isFamilyExclusive ? family.slice(0, Math.max(0, family.indexOf(sku))) : [];
  if (higher.some((other) => held.inherited.has(other) || (held.direct.has(other) && !ours.has(other))))
    return [];
  if (policy.removal === 'keep' && higher.some((other) => held.direct.has(other))) return [];
  if (outcome === 'waiting') return isWaiting(sku) ? [] : [`waits for ${sku}, which has free seats`];
  if (outcome === 'blocked' && hasOther(held, ours)) return [];
  return [`lacks ${sku}`];
}

/** Plans of this SKU that the policy switches off. */
function offOf(sku: SkuName, { off }: Wanted): readonly PlanName[] {
  const all: readonly string[] = skus[sku].plans;
  return off.filter((plan) => all.includes(plan));
}

/** A seat would be spent on nothing: the product gives none, and says that the policy is wrong. */
function leavesNoPlan(sku: SkuName, one: Wanted): boolean {
  return offOf(sku, one).length === skus[sku].plans.length;
}

/** Something that a person or a group gave, and that may exclude what the policy gives. */
function hasOther(held: Held, ours: ReadonlySet<SkuName>): boolean {
  return held.inherited.size > 0 || [...held.direct.keys()].some((sku) => !ours.has(sku));
}

function isHeld({ guard }: PolicyModel, outcome: string | undefined): boolean {
  return outcome === 'held' && guard !== null;
}

function describe({ outcome, skus: said, reasons, retry }: UserState): string {
  const due = retry === null ? '' : `, looked at again for ${retry.key}`;
  const each = said.map(({ skuId, outcome: one, reason }) => `${skuId} ${one} (${reason.text})`);
  return `${String(outcome)}${due}; ${[...each, ...reasons.map(({ text }) => text)].join('; ')}`;
}
