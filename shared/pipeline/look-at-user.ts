import type { DirectoryGroup, DirectoryUser } from '../graph/directory';
import { decide } from '../licensing/decide';
import { outcomes } from '../licensing/decision';
import type { DecideInput, Decision } from '../licensing/decision';
import { effectiveHolding, sameAssignments } from '../licensing/effective-holding';
import type { Holding } from '../licensing/holding';
import type { Ledger } from '../licensing/ledger';
import { reconcileIntent } from '../licensing/reconcile-intent';
import { microsoftPlanKnowledge } from '../licensing/plan-conflicts';
import { stateDigest } from '../licensing/state-digest';
import type { GuardVerdict } from '../licensing/guards';
import type { Needs } from '../policy/condition';
import { joinNeeds } from '../policy/rule/needs';
import type { UserRecord } from '../store/ports';
import type { Rollout } from '../store/rollout-store';
import type { Pipeline } from './dependencies';
import { findHold } from './guards/guard-decision';
import type { PolicyInForce } from './policy-library';
import { policyOfRollout } from './rollouts/moves-users';

/** What a fresh look at a user gave: the decision, and what must be remembered to record it. */
export type SeenUser = {
  readonly kind: 'seen';
  readonly user: DirectoryUser;
  readonly input: DecideInput;
  readonly decision: Decision;
  /** The ledger as it is true now: a write that a crash interrupted has been settled by what the user holds. */
  readonly ledger: Ledger;
  /** What became of an interrupted write: it took effect, it did not, or there was none. */
  readonly interrupted: 'written' | 'notWritten' | null;
  readonly digest: string;
  /** The read showed the state before our own last write, which therefore stands in for it. */
  readonly isOverridden: boolean;
  /** The running rollout that this look is of. */
  readonly rollout: Rollout | null;
  /** What guards hold back of it. */
  readonly hold: GuardVerdict | null;
};
export type Look = SeenUser | { readonly kind: 'missing' };

/** Reads the user, memberships, holding and catalogue afresh and decides. Throws GraphError and UserError. */
export async function lookAtUser(
  pipeline: Pipeline,
  record: UserRecord,
  rollout: Rollout | null = null,
): Promise<Look> {
  const policies = await policiesFor(pipeline, record, rollout);
  const [snapshot, { catalogue, seats }] = await Promise.all([
    pipeline.directory.readUser(record.userId, policies.needs),
    pipeline.catalogue.read(),
  ]);
  if (snapshot === undefined) return { kind: 'missing' };

  const rest = {
    catalogue,
    seats,
    knowledge: microsoftPlanKnowledge,
    permissions: pipeline.settings.permissions,
    now: pipeline.clock.now(),
  };
  const { user, transitiveGroups } = snapshot;
  const seeBy = ({ policy, knownPlans }: PolicyInForce) =>
    seeUser({ ...rest, policy, knownPlans }, record, user, transitiveGroups);
  const own = seeBy(policies.own);
  const seen =
    own.interrupted === 'written' && policies.written !== policies.own ? seeBy(policies.written) : own;
  const decided = decide(seen.input);
  const hold = await findHold(pipeline, seen.input, decided, rollout);
  const input = hold === null ? seen.input : { ...seen.input, hold };
  return {
    kind: 'seen',
    user,
    ...seen,
    input,
    decision: hold === null ? decided : decide(input),
    digest: stateDigest(input),
    rollout,
    hold,
  };
}

/** What a look takes into account beside the user: the same for all users of one plan. */
export type LookSetting = Pick<
  DecideInput,
  'policy' | 'catalogue' | 'seats' | 'knowledge' | 'knownPlans' | 'permissions' | 'now'
>;

/** What deciding is given of one user, from what Graph and the user's row say; the same for looks and for plans. */
export function seeUser(
  setting: LookSetting,
  record: Pick<UserRecord, 'userId' | 'state' | 'ledger' | 'pin'>,
  user: DirectoryUser,
  transitiveGroups: readonly DirectoryGroup[] | undefined,
): Pick<SeenUser, 'input' | 'ledger' | 'interrupted' | 'isOverridden'> {
  const read = holdingOf(user);
  const holding = effectiveHolding(read, record.state?.lastWrite ?? null, setting.now);
  const settled = settleIntent(record, holding);
  const input: DecideInput = {
    ...setting,
    user: { id: record.userId, properties: user.properties, deleted: false },
    memberships: { transitive: transitiveGroups },
    holding,
    ledger: settled.ledger,
    pin: record.pin,
    previous: previousOf(record),
  };
  return { input, isOverridden: !sameAssignments(read.direct, holding.direct), ...settled };
}

/**
 * The policy that is the user's, and the one of a write that a crash interrupted: if that write turns out to have
 * taken effect, the user has been moved by it.
 */
async function policiesFor(
  pipeline: Pipeline,
  record: UserRecord,
  rollout: Rollout | null,
): Promise<{ readonly own: PolicyInForce; readonly written: PolicyInForce; readonly needs: Needs }> {
  const own = await pipeline.policy.forUser(record, policyOfRollout(rollout));
  const intended = record.state?.intent?.policyHash ?? own.policy.hash;
  if (rollout !== null || intended === own.policy.hash) return { own, written: own, needs: own.policy.needs };
  const { active, candidate, left } = await pipeline.policy.pointer();
  if (![active, candidate, ...left].includes(intended)) {
    return { own, written: own, needs: own.policy.needs };
  }
  const written = await pipeline.policy.byHash(intended);
  return { own, written, needs: joinNeeds([own.policy.needs, written.policy.needs]) };
}

function settleIntent(
  record: Pick<UserRecord, 'state' | 'ledger'>,
  holding: Holding,
): { readonly ledger: Ledger; readonly interrupted: SeenUser['interrupted'] } {
  const intent = record.state?.intent ?? null;
  if (intent === null) return { ledger: record.ledger, interrupted: null };
  const { ledger, effect } = reconcileIntent(intent, record.ledger, holding);
  // `mixed`: somebody else wrote too. What of ours is there has been told apart; the intent has served.
  return { ledger, interrupted: effect === 'applied' || effect === 'mixed' ? 'written' : 'notWritten' };
}

function previousOf(record: Pick<UserRecord, 'state'>): DecideInput['previous'] {
  const state = record.state;
  if (state === null || state.decidedAt === null) return null;
  return { outcome: outcomes.find((one) => one === state.outcome) ?? null, decidedAt: state.decidedAt };
}

/** Direct and inherited assignments apart, as deciding wants them. */
export function holdingOf(user: DirectoryUser): Holding {
  const direct: Holding['direct'][number][] = [];
  const inherited: Holding['inherited'][number][] = [];
  for (const { skuId, assignedByGroup, disabledPlans, state, error } of user.assignments) {
    const license = { skuId, disabledPlans, state, error };
    if (assignedByGroup === null) direct.push(license);
    else inherited.push({ ...license, groupId: assignedByGroup });
  }
  return { direct, inherited, usageLocation: user.usageLocation };
}

export function nameOf(user: DirectoryUser, property: 'userPrincipalName' | 'displayName'): string | null {
  const value = user.properties[property];
  return typeof value === 'string' ? value : null;
}
