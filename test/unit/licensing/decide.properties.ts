import { expect } from '@jest/globals';
import fc from 'fast-check';
import { activeException } from '../../../shared/licensing/entitlement/active-exception';
import { countForGuards } from '../../../shared/licensing/guards/guard-counts';
import { decide } from '../../../shared/licensing/decide';
import type { DecideInput, Decision } from '../../../shared/licensing/decision';
import { entitle } from '../../../shared/licensing/entitlement/entitlement';
import type { Holding } from '../../../shared/licensing/holding/holding';
import type { ServicePlanId, SkuId } from '../../../shared/kernel/ids';
import { stateDigest } from '../../../shared/licensing/state-digest';
import type { Case } from './support/arbitrary-case';
import { arbitraryCase } from './support/arbitrary-case';
import { makeEmbeddedUser } from './support/embedded-graph';
import { day, minute } from './support/tenant';
import type { Outcome } from '../../../shared/words/outcome';

/** What must hold of every decision. Each check throws on a case for which it does not hold. */
export type Check = (made: Case) => void;

type After = { readonly holding: Holding; readonly input: DecideInput };

/** Carries a decision out in the embedded Graph, and gives what deciding sees then. */
function carryOut({ input, free }: Case, decision: Decision): After {
  if (decision.operation === undefined) {
    const seats = { ...input.seats, free };
    return {
      holding: input.holding,
      input: { ...input, ledger: decision.ledger, seats, now: input.now + 1000 },
    };
  }
  const held = new Set([...input.holding.direct, ...input.holding.inherited].map((one) => one.skuId));
  const user = makeEmbeddedUser(input.catalogue, input.learntConflicts, input.holding, free, input.now);
  user.carryOut(decision.operation);
  const holding = user.holding();
  const has = new Set([...holding.direct, ...holding.inherited].map((one) => one.skuId));
  const change = (skuId: SkuId) => (held.has(skuId) ? 1 : 0) - (has.has(skuId) ? 1 : 0);
  const seats = { ...input.seats, free: (skuId: SkuId) => free(skuId) + change(skuId) };
  return { holding, input: { ...input, holding, ledger: decision.ledger, seats, now: input.now + 1000 } };
}

const carriedOut = new WeakMap<Case, { readonly decision: Decision; readonly after: After }>();

/** Decided and carried out once per case, whichever checks look at it. */
function outcomeOf(made: Case) {
  const known = carriedOut.get(made);
  if (known !== undefined) return known;
  const decision = decide(made.input);
  const outcome = { decision, after: carryOut(made, decision) };
  carriedOut.set(made, outcome);
  return outcome;
}

/** Makes cases, and checks them all; one that fails is looked for again, to be shrunk and shown. */
export function checkCases(cases: readonly Case[], seed: number, check: Check): void {
  for (const made of cases) {
    try {
      check(made);
    } catch (error) {
      fc.assert(fc.property(arbitraryCase(), check), { seed, numRuns: 2 * cases.length });
      throw error;
    }
  }
}

export function makeCases(seed: number, count: number): readonly Case[] {
  return fc.sample(arbitraryCase(), { seed, numRuns: count });
}

/** Carried out in the embedded Graph, which throws what it refuses, it leaves nothing to do. */
export function checkSecondDecision(made: Case): void {
  const { decision: first, after } = outcomeOf(made);
  const second = decide(after.input);

  expect(second.operation).toBeUndefined();
  expect(second.ledger).toEqual(first.ledger);
  expect(['licensed', 'held']).not.toContain(second.outcome);
}

/** The plans that are off, by SKU. */
export const plansOff = (holding: Holding) =>
  new Map(holding.direct.map((license) => [license.skuId, new Set(license.disabledPlans)]));

/** What the decision takes away, by comparing holdings: SKUs, and plans of SKUs that stay. */
function findReductions(before: Holding, after: Holding) {
  const now = plansOff(after);
  const skus: SkuId[] = [];
  const plans: { skuId: SkuId; plan: ServicePlanId }[] = [];
  for (const [skuId, off] of plansOff(before)) {
    const left = now.get(skuId);
    if (left === undefined) skus.push(skuId);
    for (const plan of left ?? []) if (!off.has(plan)) plans.push({ skuId, plan });
  }
  return { skus, plans };
}

export function checkOwnership(made: Case): void {
  const { input } = made;
  const { decision, after: carried } = outcomeOf(made);
  const after = carried.holding;
  const { skus, plans } = findReductions(input.holding, after);
  const mine = new Set(input.ledger.map((entry) => entry.skuId));
  const adopted = new Set(input.policy.adopt.map((name) => input.catalogue.findSku(name)!.skuId));
  const excepted = activeException(input.exception, input.now).skus;

  for (const skuId of [...skus, ...plans.map((one) => one.skuId)]) {
    expect(mine.has(skuId) || (adopted.has(skuId) && input.user.properties.inScope === true)).toBe(true);
  }
  // What a person switched off stays off, but for an exception.
  const now = plansOff(after);
  for (const license of input.holding.direct) {
    const entry = input.ledger.find((one) => one.skuId === license.skuId);
    const byPeople = license.disabledPlans.filter((plan) => !entry?.disabledByUs.includes(plan));
    if (excepted.has(license.skuId)) continue;
    for (const plan of byPeople) expect(now.get(license.skuId)?.has(plan) ?? true).toBe(true);
  }
  const isStill = input.user.deleted || input.user.properties.inScope === undefined;
  // What is ours says so, and nothing is ours that is not held: unless it was taken away, and that is only reported.
  for (const entry of decision.ledger) {
    const isReported = input.policy.drift === 'report' && mine.has(entry.skuId);
    expect(now.has(entry.skuId) || isStill || isReported).toBe(true);
  }
  expect(after.inherited).toEqual(input.holding.inherited);
}

export function checkRemovals(made: Case): void {
  const { input } = made;
  const decision = decide(input);
  const { operation } = decision;
  const adding = new Set(operation?.add.map((one) => one.skuId));
  const { skus: excepted, frozen } = activeException(input.exception, input.now);

  if (frozen !== null) expect(operation).toBeUndefined();

  for (const skuId of operation?.remove ?? []) {
    const entry = input.ledger.find((one) => one.skuId === skuId);
    const code = decision.skus.find((one) => one.skuId === skuId)?.reason.code;
    const isForExtra = [...adding].some((one) => excepted.get(one)?.isExtra === true);
    const isPinnedAway =
      excepted.get(skuId)?.disabledPlans === null || (isForExtra && code === 'exclusive/superseded');
    const isReplaced = code === 'exclusive/superseded' && adding.size > 0;
    const since = entry?.notEntitledSince ?? null;
    const isOver =
      since !== null &&
      input.now - since >= Math.max(input.policy.removal.graceMs, 10 * minute) &&
      input.policy.removal.mode === 'remove';

    expect(adding.has(skuId)).toBe(false);
    expect(isPinnedAway || isReplaced || isOver || entry?.byPin === true).toBe(true);
    // Nothing that the policy wants the user to have goes, but by an exception.
    if (!isPinnedAway) expect(decision.entitlement.map((one) => one.skuId)).not.toContain(skuId);
  }
}

/** No plan goes before two looks agree that a rule which left it on does not match; and no longer than that. */
export function checkNarrowing(made: Case): void {
  const { input } = made;
  const { decision, after } = outcomeOf(made);
  const excepted = activeException(input.exception, input.now).skus;
  const context = { now: input.now, absent: 'undecided', knownPlans: input.knownPlans } as const;
  const isOver = (since: number) => input.now >= since + 10 * minute;
  for (const { skuId, plan } of findReductions(input.holding, after.holding).plans) {
    const entry = input.ledger.find((one) => one.skuId === skuId);
    // A person's own wish, another policy, or a plan that we switched off and a person on.
    if (excepted.has(skuId) || entry?.policyHash !== input.policy.hash) continue;
    for (const rule of entry.rules) {
      const lapse = entry.lapsedRules?.find((one) => one.rule === rule);
      const truth = input.user.properties[rule];
      if (truth === false && lapse !== undefined && isOver(lapse.since)) continue;
      const user = { ...input.user.properties, [rule]: true };
      const meanwhile = entitle(input.policy, user, input.memberships, input.catalogue, context);
      const sku = meanwhile.find((one) => one.skuId === skuId);
      if (sku !== undefined) expect(sku.disabledPlans).toContain(plan);
    }
  }
  if (excepted.size > 0) return;
  const held = new Set(after.holding.direct.map((license) => license.skuId));
  const wanted = new Set(decision.entitlement.map((one) => one.skuId));
  for (const entry of decision.ledger) {
    if (!held.has(entry.skuId) || !wanted.has(entry.skuId)) continue;
    for (const { rule, since } of entry.lapsedRules ?? []) {
      const truth = input.user.properties[rule];
      expect(entry.rules).toContain(rule);
      expect(truth).not.toBe(true);
      if (truth === false) expect(isOver(since)).toBe(false);
    }
  }
}

export function checkOrder(made: Case): void {
  const { input } = made;
  const shuffle = <Item>(items: readonly Item[]) => [...items].reverse();
  const policy = {
    ...input.policy,
    rules: shuffle(input.policy.rules.map((rule) => ({ ...rule, assign: shuffle(rule.assign) }))),
    adopt: shuffle(input.policy.adopt),
  };
  // A SKU may stand in one rule twice with other fallbacks: then their order is the policy's own.
  const twice = input.policy.rules.some(
    (rule) => new Set(rule.assign.map((grant) => grant.sku)).size < rule.assign.length,
  );
  if (twice) return;
  const shuffled = {
    ...input,
    policy,
    ledger: shuffle(input.ledger),
    holding: {
      ...input.holding,
      direct: shuffle(input.holding.direct),
      inherited: shuffle(input.holding.inherited),
    },
  };

  const { findings, ...one } = decide(input);
  const { findings: otherFindings, ...other } = decide(shuffled);

  expect(other).toEqual(one);
  const texts = (reasons: Decision['findings']) => reasons.map((reason) => reason.text).sort();
  expect(texts(otherFindings)).toEqual(texts(findings));
  expect(stateDigest(shuffled)).toBe(stateDigest(input));
}

/** Every SKU of the entitlement is accounted for, truthfully. */
export function checkEveryoneIsServed(made: Case): void {
  const { decision, after: carried } = outcomeOf(made);
  const after = carried.holding;
  const has = new Set(
    [...after.direct, ...after.inherited.filter((one) => one.error === null)].map((one) => one.skuId),
  );

  for (const { skuId } of decision.entitlement) {
    const said = decision.skus.find((one) => one.skuId === skuId);
    expect(said).toBeDefined();
    const isReported = said?.reason.code === 'drift/taken-away' && made.input.policy.drift === 'report';
    const isCovered = isReported || (said?.reason.code.startsWith('exclusive/') ?? false);
    if (said?.outcome === 'licensed' || said?.outcome === 'nothing')
      expect(has.has(skuId) || isCovered).toBe(true);
    else expect(['waiting', 'blocked', 'held', 'pinned', 'grace']).toContain(said?.outcome);
    if (said?.fallback !== undefined) expect(has.has(said.fallback)).toBe(true);
  }
  for (const reason of [...decision.reasons, ...decision.findings]) {
    expect(reason.code).toMatch(/^[a-z-]+\/[a-z-]+$/);
    expect(reason.text.length).toBeGreaterThan(20);
  }
}

/** With a seat for every user, no user waits. */
export function checkAmpleSeats(made: Case): void {
  const seats = { free: () => 50, listOnly: () => false };
  const decision = decide({ ...made.input, seats });

  expect(decision.skus.filter((one) => one.outcome === 'waiting')).toEqual([]);
  expect(decision.reasons.map((one) => one.code)).not.toContain('seats/exhausted');
}

export function checkHold(made: Case): void {
  const hold = {
    reductions: { code: 'guard/reductions' as const, text: 'Held: too many would lose something.' },
    changes: null,
  };
  const input = { ...made.input, hold };
  const free = decide(made.input);
  const held = decide(input);

  expect(countForGuards(input, held).reduction).toBe(false);
  if (!countForGuards(made.input, free).reduction) expect(held.operation).toEqual(free.operation);
  const later = decide(carryOut({ ...made, input }, held).input);
  expect(later.operation).toBeUndefined();
}

/** How often each outcome comes, in percent of the cases; `held` where a guard holds reductions back. */
export function countOutcomes(cases: readonly Case[]): Map<Outcome, number> {
  const counts = new Map<Outcome, number>();
  const hold = { reductions: { code: 'guard/reductions' as const, text: 'Held.' }, changes: null };
  for (const { input } of cases) {
    const count = (outcome: Outcome) => counts.set(outcome, (counts.get(outcome) ?? 0) + 100 / cases.length);
    count(decide(input).outcome);
    if (decide({ ...input, hold }).outcome === 'held') count('held');
  }
  return counts;
}

/** A user who is looked at every day loses what is not granted once, in the end, and nothing else ever. */
export function checkDays(made: Case): void {
  let input = made.input;
  const writes: number[] = [];
  for (let n = 0; n < 5; n++) {
    const decision = decide(input);
    if (decision.operation !== undefined) writes.push(n);
    const { seats } = input;
    const after = carryOut({ input, free: (skuId) => seats.free(skuId) }, decision);
    input = { ...after.input, now: input.now + day, exception: null };
  }

  // Day 0 as found, day 1 without the exception, a day of grace (or ten minutes) after either: then peace.
  expect(writes.filter((n) => n >= 4)).toEqual([]);
}
