import { toEntitledSkus } from './entitlement/entitlement';
import type { SkuId } from '../kernel/ids';
import type { DecideInput, Decision } from './decision';
import { changesBesideFirstGrant } from './guards/guard-counts';
import { compareText } from '../kernel/id-set';
import { findHoldingTrouble } from './proposals/report-holding';
import { withoutEnding } from './ledger';
import { ledgerAfter } from './ledger-after';
import { toOperation } from './operation';
import { mergeSkuOutcomes, sortReasons, worstOutcome } from './outcome';
import { groupsOfCondition } from '../policy/group-references';
import { dateOfRules } from './entitlement/date-of-rules';
import { unsureAmong } from './entitlement/match-groups';
import type { UnsureReference } from './entitlement/match-groups';
import { deletedUser, neverTouched, noGrant, outOfScope, scopeUndecided } from './reasons/policy-reasons';
import { exceptionPriority } from './proposals/proposal';
import type { Proposal, Proposals, Rejection } from './proposals/proposal';
import { Proposer } from './proposals/proposer';
import { proposeLosses, reportUndecided } from './proposals/propose-losses';
import { proposeExceptions } from './proposals/propose-exceptions';
import { proposeWanted } from './proposals/propose-wanted';
import { findUnservable, noneUnservable, withoutUnservable } from './seats/unservable';
import type { Unservable } from './seats/unservable';
import { resolvePolicy } from './entitlement/resolved-policy';
import type { ResolvedProposals } from './proposals/resolve-proposals';
import { resolveProposals } from './proposals/resolve-proposals';
import { makeSituation, type Situation } from './situation';
import type { UsageLocationAnswer } from './usage-location';
import { findUsageLocation } from './usage-location';
import type { Reason } from '../words/reason';
import type { SkuOutcome } from '../words/outcome';

/**
 * What is to be done for one user: entitlement against holding. Pure; the same input gives the same decision, and
 * deciding again after the operation has taken effect gives none.
 *
 * Only licenses of the ledger (or adopted now) are ever narrowed or removed, and only on complete data: a rule or
 * scope that is undecided takes nothing away. A license that the policy does not grant any more goes after its
 * grace, when two looks at least ten minutes apart agree; so do plans that only a rule left on which stopped matching.
 */
export function decide(input: DecideInput): Decision {
  const decision = decideOnce(input, noneUnservable);
  const unservable = findUnservable(input, decision, (changed) => decideOnce(changed, noneUnservable));
  return unservable.size === 0 ? decision : decideOnce(input, unservable);
}

/** `unservable`: SKUs that would not be written for this user with a seat either. */
function decideOnce(input: DecideInput, unservable: Unservable): Decision {
  if (input.user.deleted) return standStill(input, 'outOfScope', [deletedUser()], []);
  const situation = makeSituation(input);
  if (situation.exception.frozen !== null) return leaveAlone(situation, situation.exception.frozen);
  if (situation.entitlement.scope === 'undecided') {
    const reason = scopeUndecided(unsureInScope(input));
    const skus = [...situation.owned.keys()].map((skuId): SkuOutcome => ({
      skuId,
      outcome: 'nothing',
      reason: { ...reason, skuId },
    }));
    return standStill(input, 'blocked', [reason], mergeSkuOutcomes(skus));
  }
  const proposer = new Proposer(situation);
  proposeExceptions(proposer);
  proposeWanted(proposer);
  const dates = proposeLosses(proposer);
  reportUndecided(proposer);
  findHoldingTrouble(proposer);
  const wanted = proposer.result();
  const location = findUsageLocation(
    input.holding.usageLocation,
    input.policy.usageLocation,
    input.user.properties,
    input.permissions,
  );
  const settlement = resolveProposals(situation, wanted, findRejected(input, wanted.proposals, location));
  return compose({ situation, wanted, settlement, location, dates, unservable });
}

/** Nothing is written and nothing changes hands. */
function standStill(
  input: DecideInput,
  outcome: Decision['outcome'],
  reasons: readonly Reason[],
  skus: readonly SkuOutcome[],
): Decision {
  return {
    outcome,
    reasons,
    skus,
    entitlement: [],
    ledger: [...input.ledger].sort((a, b) => compareText(a.skuId, b.skuId)),
    lookAgainAt: null,
    policyHash: input.policy.hash,
    findings: [],
  };
}

/** A person said that nothing is to be written to this user. What was ending begins anew when that is over. */
function leaveAlone(
  { input, owned }: Situation,
  { why, until }: { readonly why: string; readonly until: number | null },
): Decision {
  const reason = neverTouched(why);
  // Nothing is adopted, and a license that a person took away meanwhile is not ours any more.
  const ledger = input.ledger.filter(({ skuId }) => owned.has(skuId)).map(withoutEnding);
  const skus = ledger.map(({ skuId }): SkuOutcome => ({
    skuId,
    outcome: 'pinned',
    reason: { ...reason, skuId },
  }));
  const still = standStill({ ...input, ledger }, 'pinned', [reason], mergeSkuOutcomes(skus));
  return { ...still, lookAgainAt: until };
}

/** What cannot be taken whatever else is: no usage location to write with, or a guard's hold. */
function findRejected(
  input: DecideInput,
  proposals: readonly Proposal[],
  location: UsageLocationAnswer,
): ReadonlyMap<Proposal, Rejection> {
  const rejected = new Map<Proposal, Rejection>();
  const hold = input.hold;
  const isHeldUser = changesBesideFirstGrant(input.holding, input.ledger);
  for (const proposal of proposals) {
    const assigns = proposal.add !== null || proposal.widen.length + proposal.narrow.length > 0;
    const withheld = [...(assigns ? [proposal.skuId] : []), ...proposal.remove].find((skuId) =>
      input.withheld?.has(skuId),
    );
    const why = withheld === undefined ? undefined : input.withheld?.get(withheld);
    if (why !== undefined) {
      rejected.set(proposal, { outcome: 'blocked', reason: { ...why, skuId: proposal.skuId } });
    } else if (location.kind === 'blocked' && assigns) {
      const reason = { ...location.reason, skuId: proposal.skuId };
      rejected.set(proposal, { outcome: 'blocked', reason });
    } else if (proposal.priority === exceptionPriority) {
      // A person asked for it, for this very user: no guard stands in the way.
      continue;
    } else if (hold?.changes && isHeldUser) {
      rejected.set(proposal, { outcome: 'held', reason: { ...hold.changes, skuId: proposal.skuId } });
    } else if (hold?.reductions && proposal.reduction) {
      rejected.set(proposal, { outcome: 'held', reason: { ...hold.reductions, skuId: proposal.skuId } });
    }
  }
  return rejected;
}

type Settled = {
  readonly situation: Situation;
  readonly wanted: Proposals;
  readonly settlement: ResolvedProposals;
  readonly location: UsageLocationAnswer;
  readonly dates: readonly (number | null)[];
  readonly unservable: Unservable;
};

function compose({ situation, wanted, settlement, location, dates, unservable }: Settled): Decision {
  const { input, entitlement } = situation;
  const { accepted } = settlement;
  const operation = toOperation(situation, accepted, location.kind === 'set' ? location.usageLocation : null);
  const merged = mergeSkuOutcomes(findOutcomes(situation, wanted, settlement));
  const skus = withoutUnservable(merged, unservable);
  const inScope = entitlement.scope === true;
  const located = operation?.usageLocation !== undefined && location.kind === 'set' ? [location.reason] : [];
  const reasons = [
    ...(inScope ? [] : [outOfScope(entitlement.scope === false && lacksUserType(input))]),
    ...entitlement.unresolved,
    ...sortReasons(skus),
    ...located,
  ];
  const problems = inScope ? problemsOf(situation) : [];
  const outcomes = skus.map((sku) => sku.outcome);
  return {
    outcome: findOutcome(inScope, outcomes, entitlement.unresolved.length > 0),
    reasons: reasons.length === 0 ? [noGrant()] : reasons,
    skus,
    entitlement: toEntitledSkus(entitlement),
    ...(operation === undefined ? {} : { operation }),
    ledger: ledgerAfter(situation, wanted.entries, accepted),
    lookAgainAt: earliest([
      ...dates,
      ...wanted.dates,
      situation.exception.endsAt,
      dateOfRules(input.policy, input.user.properties, input.now),
    ]),
    policyHash: input.policy.hash,
    findings: [...wanted.findings, ...problems.filter((one) => !entitlement.unresolved.includes(one))],
  };
}

/** Its empty userType alone keeps the account out of the scope: as a member it would be in. */
function lacksUserType({ policy, user, memberships: { named }, now }: DecideInput): boolean {
  if (user.properties['userType'] !== null) return false;
  const member = { ...user.properties, userType: 'Member' };
  const context = { now, absent: 'undecided' as const, ...(named === undefined ? {} : { groups: named }) };
  return policy.scope?.evaluate(member, context) === true;
}

/** What is wrong with the rules that match. */
function problemsOf({ input, entitlement }: Situation): readonly Reason[] {
  const { problems } = resolvePolicy(input.policy, input.catalogue);
  if (problems.length === 0) return problems;
  const matched = new Set(
    entitlement.matches.filter((match) => match.truth === true).map((match) => match.rule.rule.name),
  );
  return problems.filter((problem) => problem.rule !== undefined && matched.has(problem.rule));
}

/** Outside the scope, only what needs a person, or is still to go, is said instead of `outOfScope`. */
function findOutcome(
  inScope: boolean,
  outcomes: readonly SkuOutcome['outcome'][],
  isUnresolved: boolean,
): Decision['outcome'] {
  const worst = worstOutcome<Decision['outcome']>(
    isUnresolved ? ['blocked', ...outcomes] : outcomes,
    'nothing',
  );
  return inScope || (worst !== 'nothing' && worst !== 'licensed') ? worst : 'outOfScope';
}

function findOutcomes(
  situation: Situation,
  wanted: Proposals,
  { accepted, rejected }: ResolvedProposals,
): SkuOutcome[] {
  const removed = new Set(accepted.flatMap((one) => one.remove));
  const coming = new Set(accepted.filter((one) => one.add !== null).map((one) => one.skuId));
  const willHold = (skuId: SkuId) =>
    coming.has(skuId) ||
    situation.inherited.has(skuId) ||
    (situation.direct.has(skuId) && !removed.has(skuId));
  const said = wanted.outcomes.map((one): SkuOutcome => {
    if (one.fallback === undefined || willHold(one.fallback)) return one;
    const { fallback: _, ...rest } = one;
    return rest;
  });
  for (const proposal of accepted) said.push(...proposal.outcomes);
  for (const [proposal, { outcome, reason }] of rejected) {
    const { skuId, remove, priority } = proposal;
    said.push({ skuId, outcome, reason, ...(Number.isFinite(priority) ? { priority } : {}) });
    for (const other of remove) {
      if (other === skuId) continue;
      said.push({ skuId: other, outcome: 'nothing', reason: situation.reasons.fallbackKept(other, skuId) });
    }
  }
  return said;
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Groups that the scope names and that stand for nothing sure. */
function unsureInScope({ policy, memberships }: DecideInput): readonly UnsureReference[] {
  return unsureAmong(groupsOfCondition(policy.scope), memberships.named);
}
