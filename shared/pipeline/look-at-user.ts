import type { DirectoryGroup, DirectoryUser } from '../graph/directory';
import { decide } from '../licensing/decide';
import { outcomes } from '../licensing/decision';
import type { DecideInput, Decision } from '../licensing/decision';
import { effectiveHolding, sameAssignments } from '../licensing/effective-holding';
import type { Holding } from '../licensing/holding';
import type { Ledger } from '../licensing/ledger';
import { noneNew } from '../licensing/plan-verdicts';
import { reconcileIntent } from '../licensing/reconcile-intent';
import { microsoftPlanKnowledge } from '../licensing/plan-conflicts';
import { stateDigest } from '../licensing/state-digest';
import type { UserRecord } from '../store/ports';
import type { Pipeline } from './dependencies';

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
};
export type Look = SeenUser | { readonly kind: 'missing' };

/** Reads the user, memberships, holding and catalogue afresh and decides. Throws GraphError and UserError. */
export async function lookAtUser(pipeline: Pipeline, record: UserRecord): Promise<Look> {
  const policy = await pipeline.policy.current();
  const [snapshot, { catalogue, seats }] = await Promise.all([
    pipeline.directory.readUser(record.userId, policy.needs),
    pipeline.catalogue.read(),
  ]);
  if (snapshot === undefined) return { kind: 'missing' };

  const setting: LookSetting = {
    policy,
    catalogue,
    seats,
    knowledge: microsoftPlanKnowledge,
    knownPlans: noneNew,
    permissions: pipeline.settings.permissions,
    now: pipeline.clock.now(),
  };
  const { user, transitiveGroups } = snapshot;
  const seen = seeUser(setting, record, user, transitiveGroups);
  return { kind: 'seen', user, decision: decide(seen.input), digest: stateDigest(seen.input), ...seen };
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
