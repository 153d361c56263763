import type { DirectoryUser, UserSnapshot } from '../graph/directory';
import { decide } from '../licensing/decide';
import { outcomes } from '../licensing/decision';
import type { DecideInput, Decision } from '../licensing/decision';
import { effectiveHolding, sameAssignments } from '../licensing/effective-holding';
import type { Holding } from '../licensing/holding';
import type { Ledger } from '../licensing/ledger';
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
  const [snapshot, tenant] = await Promise.all([
    pipeline.directory.readUser(record.userId, policy.needs),
    pipeline.catalogue.read(),
  ]);
  if (snapshot === undefined) return { kind: 'missing' };
  return judgeSnapshot(pipeline, record, snapshot, { policy, ...tenant });
}

/** What a user's row and one reading of the user give together; no calls. */
export function judgeSnapshot(
  pipeline: Pick<Pipeline, 'clock' | 'settings'>,
  record: UserRecord,
  snapshot: UserSnapshot,
  tenant: Pick<DecideInput, 'policy' | 'catalogue' | 'seats'>,
): SeenUser {
  const now = pipeline.clock.now();
  const read = holdingOf(snapshot.user);
  const holding = effectiveHolding(read, record.state?.lastWrite ?? null, now);
  const settled = settleIntent(record, holding);
  const input: DecideInput = {
    ...tenant,
    user: { id: record.userId, properties: snapshot.user.properties, deleted: false },
    memberships: { transitive: snapshot.transitiveGroups },
    holding,
    ledger: settled.ledger,
    pin: record.pin,
    knowledge: microsoftPlanKnowledge,
    knownPlans: new Map(),
    previous: previousOf(record),
    permissions: pipeline.settings.permissions,
    now,
  };
  return {
    kind: 'seen',
    user: snapshot.user,
    input,
    decision: decide(input),
    digest: stateDigest(input),
    isOverridden: !sameAssignments(read.direct, holding.direct),
    ...settled,
  };
}

function settleIntent(
  record: UserRecord,
  holding: Holding,
): { readonly ledger: Ledger; readonly interrupted: SeenUser['interrupted'] } {
  const intent = record.state?.intent ?? null;
  if (intent === null) return { ledger: record.ledger, interrupted: null };
  const { ledger, effect } = reconcileIntent(intent, record.ledger, holding);
  // `mixed`: somebody else wrote too. What of ours is there has been told apart; the intent has served.
  return { ledger, interrupted: effect === 'applied' || effect === 'mixed' ? 'written' : 'notWritten' };
}

function previousOf(record: UserRecord): DecideInput['previous'] {
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
