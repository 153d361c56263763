import type { PolicyHash, ServicePlanId, SkuId, UserId } from '../../kernel/ids';
import type { Policy } from '../../policy/policy';
import type { Catalogue } from '../catalogue/catalogue';
import type { DecideInput, Decision } from '../decision';
import type { Holding } from '../holding/holding';
import type { GuardCounters } from '../guards/guard-counts';
import { countForGuards } from '../guards/guard-counts';
import { makeNamedThings } from '../catalogue/named-things';
import { compareText } from '../../kernel/id-set';
import type { SeatsAfter } from './seat-tally';
import { makeSeatTally, type SeatTally } from './seat-tally';
import type { Outcome } from '../../words/outcome';
import type { Reason } from '../../words/reason';
import { outcomes } from '../../words/outcome';

export type PreviewedUser = { readonly id: UserId; readonly userPrincipalName: string | null };

export type ServicePlanChange = { readonly skuId: SkuId; readonly servicePlanIds: readonly ServicePlanId[] };

/** What would happen to one user; users for whom all is right have no line. */
export type PreviewLine = {
  readonly user: PreviewedUser;
  readonly outcome: Outcome;
  readonly gains: readonly SkuId[];
  readonly loses: readonly SkuId[];
  /** In licenses that stay. */
  readonly plansOn: readonly ServicePlanChange[];
  readonly plansOff: readonly ServicePlanChange[];
  readonly usageLocation: string | null;
  readonly reduction: boolean;
  readonly reasons: readonly Reason[];
  /** The user's `stateDigest`, and `comparableChange`: by them a rollout knows whether the user has moved since. */
  readonly digest: string;
  readonly change: string;
};

export type Preview = {
  readonly policyHash: PolicyHash;
  /**
   * The state the preview was made from: the users' digests (`stateDigest`) taken together, whatever their order, in
   * 64 hex digits. What it shows is carried out only while that still holds.
   */
  readonly stateHash: string;
  readonly users: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Sorted by user id. */
  readonly lines: readonly PreviewLine[];
  /** SKUs of which the number changes or for which a user waits, by part number. */
  readonly seats: readonly SeatsAfter[];
  /** Per month, over SKUs with a price; null: the policy names no prices. */
  readonly cost: { readonly before: number; readonly after: number } | null;
  /** Users outside the scope whose accounts have no userType. */
  readonly withoutUserType: number;
  /** What the guards would count if everything were carried out at once. */
  readonly guards: GuardCounters;
};

export type PreviewBuilder = {
  /** Seats that grow fewer as decisions are added; decide the users of highest priority first. */
  readonly seats: SeatTally['seats'];
  add(user: PreviewedUser, input: DecideInput, decision: Decision, digest: string): void;
  finish(): Preview;
};

/** Adds up decisions, one user at a time, into what `licenser plan` shows. Nothing is written. */
export function makePreviewBuilder(policy: Policy, catalogue: Catalogue): PreviewBuilder {
  const tally = makeSeatTally(catalogue);
  const lines: PreviewLine[] = [];
  const counts = Object.fromEntries(outcomes.map((one) => [one, 0])) as Record<Outcome, number>;
  let users = 0;
  let state = 0n;
  let usersWithLedger = 0;
  let withoutUserType = 0;
  let reductions = 0;
  let changes = 0;
  return {
    seats: tally.seats,
    add(user, input, decision, digest) {
      const count = countForGuards(input, decision);
      users += 1;
      counts[decision.outcome] += 1;
      state = (state + BigInt(`0x${digest}`)) % (1n << 256n);
      if (input.ledger.length > 0) usersWithLedger += 1;
      if (decision.reasons.some(({ code }) => code === 'scope/no-user-type')) withoutUserType += 1;
      if (count.reduction) reductions += 1;
      if (count.change) changes += 1;
      tally.add(input.holding, decision);
      if (isWorthALine(decision)) lines.push({ ...toLine(user, input, decision, count.reduction), digest });
    },
    finish: () => ({
      policyHash: policy.hash,
      stateHash: state.toString(16).padStart(64, '0'),
      users,
      outcomes: { ...counts },
      lines: [...lines].sort((a, b) => compareText(a.user.id, b.user.id)),
      seats: tally.seatsAfter(),
      cost: findCost(policy, catalogue, tally.seatsAfter()),
      withoutUserType,
      guards: { usersWithLedger, reductions, changes },
    }),
  };
}

function isWorthALine({ operation, outcome }: Decision): boolean {
  return operation !== undefined || !['nothing', 'licensed', 'outOfScope'].includes(outcome);
}

function toLine(
  user: PreviewedUser,
  { holding }: DecideInput,
  decision: Decision,
  reduction: boolean,
): Omit<PreviewLine, 'digest'> {
  const { outcome, reasons } = decision;
  const change = comparableChange(holding, decision);
  return { user, outcome, ...findChanges(holding, decision), reduction, reasons, change };
}

function findChanges(
  holding: Holding,
  { operation }: Decision,
): Pick<PreviewLine, 'gains' | 'loses' | 'plansOn' | 'plansOff' | 'usageLocation'> {
  const before = new Map(holding.direct.map((license) => [license.skuId, new Set(license.disabledPlans)]));
  const add = operation?.add ?? [];
  const changed = add.flatMap(({ skuId, disabledPlans }) => {
    const off = before.get(skuId);
    if (off === undefined) return [];
    const now = new Set(disabledPlans);
    return [
      {
        skuId,
        on: [...off].filter((plan) => !now.has(plan)).sort(),
        off: disabledPlans.filter((plan) => !off.has(plan)),
      },
    ];
  });
  const select = (key: 'on' | 'off'): ServicePlanChange[] =>
    changed
      .filter((one) => one[key].length > 0)
      .map((one) => ({ skuId: one.skuId, servicePlanIds: one[key] }));
  return {
    gains: add.filter((one) => !before.has(one.skuId)).map((one) => one.skuId),
    loses: operation?.remove ?? [],
    plansOn: select('on'),
    plansOff: select('off'),
    usageLocation: operation?.usageLocation ?? null,
  };
}

/** What a decision writes, in a form that two decisions can be compared by; '' for nothing. */
export function comparableChange(holding: Holding, decision: Decision): string {
  if (decision.operation === undefined) return '';
  const { gains, loses, plansOn, plansOff, usageLocation } = findChanges(holding, decision);
  return JSON.stringify([[...gains].sort(), [...loses].sort(), plansOn, plansOff, usageLocation]);
}

function findCost(policy: Policy, catalogue: Catalogue, forecast: readonly SeatsAfter[]): Preview['cost'] {
  const prices = Object.entries(policy.prices);
  if (prices.length === 0) return null;
  const things = makeNamedThings(policy.bindings, catalogue);
  const changes = new Map(forecast.map((one) => [one.skuId, one.consumedAfter - one.consumedBefore]));
  let before = 0;
  let change = 0;
  for (const [reference, price] of prices) {
    const sku = things.sku(reference);
    if (sku.kind !== 'is') continue;
    before += price * sku.it.consumedUnits;
    change += price * (changes.get(sku.it.skuId) ?? 0);
  }
  const cents = (amount: number) => Math.round(amount * 100) / 100;
  return { before: cents(before), after: cents(before + change) };
}
