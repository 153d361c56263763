import type { DirectoryUser, UserSnapshot } from '../../graph/directory';
import { decide } from '../../licensing/decide';
import type { DecideInput } from '../../licensing/decision';
import { effectiveHolding, sameAssignments } from '../../licensing/holding/effective-holding';
import type { Holding } from '../../licensing/holding/holding';
import { reconcileIntent } from '../../licensing/holding/reconcile-intent';
import { withReservations, soughtSeats } from '../../licensing/seats/sought-seats';
import { stateDigest } from '../../licensing/state-digest';
import type { SkuId } from '../../kernel/ids';
import type { Services } from '../services';
import { reservationsOf } from './reservations-of';
import { findHold } from '../guards/guard-decision';
import type { PolicyInForce } from '../sources/policy-library';
import { policyOfRollout } from '../rollouts/moves-users';
import type { LookSetting } from './look-setting';
import type { SeenUser } from './seen-user';
import { readTenantView } from './read-tenant-view';
import { joinNeeds } from '../../words/needs';
import type { GroupReference, Needs } from '../../words/needs';
import type { NamedGroups } from '../../policy/named-groups';
import { outcomes } from '../../words/outcome';
import type { Ledger } from '../../words/ledger';
import type { UserRecord } from '../../store/ports/user-store';
import type { Reason } from '../../words/reason';
import type { Rollout } from '../../words/rollout';

/** What deciding uses beside the look itself. */
type JudgeServices = Pick<Services, 'guards' | 'ledgerCount' | 'rolloutStates' | 'rollouts'>;

/** `missing`: Graph answers 404. */
export type Look = SeenUser | { readonly kind: 'missing' };

/** What a look at a user reads. */
export type LookServices = Pick<
  Services,
  | 'catalogue'
  | 'clock'
  | 'directory'
  | 'guards'
  | 'learntConflicts'
  | 'ledgerCount'
  | 'policy'
  | 'rolloutStates'
  | 'rollouts'
  | 'settings'
  | 'waiting'
  | 'waitingSkus'
>;

/** Reads the user, memberships, holding and catalogue afresh and decides. Throws GraphError and UserError. */
export async function lookAtUser(
  services: LookServices,
  record: UserRecord,
  rollout: Rollout | null = null,
): Promise<Look> {
  const policies = await policiesFor(services, record, rollout);
  const [snapshot, setting] = await Promise.all([
    services.directory.readUser(record.userId, withNames(policies.needs)),
    readSetting(services, policies),
  ]);
  if (snapshot === undefined) return { kind: 'missing' };
  return seeSnapshot(services, record, rollout, setting, snapshot);
}

/** What a look takes into account beside the user, by the policies that may be the user's. */
export type PoliciesSetting = Awaited<ReturnType<typeof readSetting>>;

/** Reads what a look takes into account beside the user. */
export async function readSetting(services: LookServices, policies: Policies) {
  const [{ book, ...tenant }, ownGroups, writtenGroups] = await Promise.all([
    readTenantView(services),
    services.catalogue.groups(policies.own.policy),
    services.catalogue.groups(policies.written.policy),
  ]);
  return { policies, book, tenant, ownGroups, writtenGroups };
}

/** Decides by what was just read of a user. */
export async function seeSnapshot(
  services: LookServices,
  record: UserRecord,
  rollout: Rollout | null,
  { policies, book, tenant, ownGroups, writtenGroups }: PoliciesSetting,
  { user, transitiveGroups }: UserSnapshot,
): Promise<SeenUser> {
  const rest = { ...tenant, now: services.clock.now() };
  const seeBy = ({ policy, knownPlans }: PolicyInForce, groups: NamedGroups) =>
    seeUser({ ...rest, policy, knownPlans, groups }, record, user, transitiveGroups);
  const own = seeBy(policies.own, ownGroups);
  const seen =
    own.interrupted === 'written' && policies.written !== policies.own
      ? seeBy(policies.written, writtenGroups)
      : own;
  const look: SeenUser = {
    ...seen,
    ...(await judge(services, seen.input, rollout)),
    kind: 'seen',
    user,
    rollout,
    places: [],
    granted: noGrants,
    book,
    leftFor: null,
  };
  const sought = soughtSeats(look.decision.skus).map(({ skuId }) => skuId);
  if (sought.length === 0) return look;
  const places = await services.waiting.ofUser(record.userId, sought);
  const granted = await reservationsOf(services, places);
  return decideWithReservations(services, { ...look, places }, granted);
}

const noGrants: ReadonlySet<SkuId> = new Set();

/** The same look, with the seats that the waiting list has set aside. */
export async function decideWithReservations(
  services: JudgeServices,
  look: SeenUser,
  granted: ReadonlySet<SkuId>,
): Promise<SeenUser> {
  if (granted.size === 0) return look;
  const { hold: _, ...free } = look.input;
  const seats = withReservations(free.seats, granted);
  return { ...look, granted, ...(await judge(services, { ...free, seats }, look.rollout)) };
}

/**
 * The same look without what is paused: what else is to be written goes on. undefined: there is nothing else.
 * `paused`: SKUs whose writes are paused, with why.
 */
export async function decideWithoutPaused(
  services: JudgeServices,
  look: SeenUser,
  paused: ReadonlyMap<SkuId, { readonly scope: string; readonly why: Reason }>,
): Promise<SeenUser | undefined> {
  const [first] = paused.values();
  if (first === undefined) return undefined;
  const { hold: _, ...free } = look.input;
  const withheld = new Map([...paused].map(([skuId, { why }]) => [skuId, why]));
  const judged = await judge(services, { ...free, withheld }, look.rollout);
  if (judged.decision.operation === undefined) return undefined;
  // The state is that of the whole: what is left for later is still to be found.
  return { ...look, ...judged, digest: look.digest, leftFor: first.scope };
}

/** Decides, and once more with what guards hold back of it. */
async function judge(
  services: JudgeServices,
  free: DecideInput,
  rollout: Rollout | null,
): Promise<Pick<SeenUser, 'input' | 'decision' | 'digest' | 'hold'>> {
  const decided = decide(free);
  const hold = await findHold(services, free, decided, rollout);
  const input = hold === null ? free : { ...free, hold };
  return { input, decision: hold === null ? decided : decide(input), digest: stateDigest(input), hold };
}

/** What deciding is given of one user, from what Graph and the user's row say; the same for looks and for plans. */
export function seeUser(
  { groups, ...setting }: LookSetting,
  record: Pick<UserRecord, 'userId' | 'state' | 'ledger' | 'exception'>,
  user: DirectoryUser,
  transitiveGroups: readonly GroupReference[] | undefined,
): Pick<SeenUser, 'input' | 'ledger' | 'interrupted' | 'isOverridden'> {
  const read = holdingOf(user);
  const holding = effectiveHolding(read, record.state?.lastWrite ?? null, setting.now);
  const settled = settleIntent(record, holding);
  const input: DecideInput = {
    ...setting,
    user: { id: record.userId, properties: user.properties, deleted: false },
    memberships: { transitive: transitiveGroups, named: groups },
    holding,
    ledger: settled.ledger,
    exception: record.exception,
    previous: previousOf(record),
  };
  return { input, isOverridden: !sameAssignments(read.direct, holding.direct), ...settled };
}

/**
 * The policy that is the user's, and the one of a write that a crash interrupted: if that write turns out to have
 * taken effect, the user has been moved by it.
 */
export type Policies = {
  readonly own: PolicyInForce;
  readonly written: PolicyInForce;
  readonly needs: Needs;
};

/** By which policies a look at this user decides. @throws UserError there is no usable policy */
export async function policiesFor(
  services: Pick<Services, 'policy'>,
  record: UserRecord,
  rollout: Rollout | null,
): Promise<Policies> {
  const own = await services.policy.forUser(record, policyOfRollout(rollout));
  const intended = record.state?.intent?.policyHash ?? own.policy.hash;
  if (rollout !== null || intended === own.policy.hash) return { own, written: own, needs: own.policy.needs };
  const { active, candidate, left } = await services.policy.pointer();
  if (![active, candidate, ...left].includes(intended)) {
    return { own, written: own, needs: own.policy.needs };
  }
  const written = await services.policy.byHash(intended);
  return { own, written, needs: joinNeeds([own.policy.needs, written.policy.needs]) };
}

/** Names are for people, who read them in every list; no rule sees a property that it did not ask for. */
export function withNames(needs: Needs): Needs {
  return { ...needs, properties: new Set([...needs.properties, 'userPrincipalName', 'displayName']) };
}

function settleIntent(
  record: Pick<UserRecord, 'state' | 'ledger'>,
  holding: Holding,
): { readonly ledger: Ledger; readonly interrupted: SeenUser['interrupted'] } {
  const intent = record.state?.intent ?? null;
  if (intent === null) return { ledger: record.ledger, interrupted: null };
  const { ledger, effect } = reconcileIntent(intent, record.ledger, holding);
  // `mixed`: another writer wrote too. Our part has been told apart; the intent has served.
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
