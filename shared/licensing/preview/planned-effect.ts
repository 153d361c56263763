import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { Outcome } from '../../words/outcome';
import type { Reason } from '../../words/reason';
import type { DecideInput, Decision } from '../decision';
import type { GuardCount } from '../guards/guard-counts';
import { countForGuards } from '../guards/guard-counts';
import type { Holding } from '../holding/holding';
import { seatMovesOf } from './seat-tally';
import type { SeatMoves } from './seat-tally';

export type ServicePlanChange = { readonly skuId: SkuId; readonly servicePlanIds: readonly ServicePlanId[] };

/** What would change for a user. */
export type PlannedChange = {
  readonly gains: readonly SkuId[];
  readonly loses: readonly SkuId[];
  /** In licenses that stay. */
  readonly plansOn: readonly ServicePlanChange[];
  readonly plansOff: readonly ServicePlanChange[];
  readonly usageLocation: string | null;
};

/** What a decision does to a plan: the same for all users who are alike. */
export type PlannedEffect = PlannedChange & {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly guards: GuardCount;
  readonly seats: SeatMoves;
  /** `comparableChange` */
  readonly change: string;
  /** Outside the scope because the account has no userType. */
  readonly isWithoutUserType: boolean;
  /** Users for whom all is right have no line. */
  readonly hasLine: boolean;
};

/** What this decision on this user does to a plan. */
export function effectOf(input: DecideInput, decision: Decision): PlannedEffect {
  const { holding } = input;
  const { outcome, reasons, operation } = decision;
  const changes = findChanges(holding, decision);
  return {
    ...changes,
    outcome,
    reasons,
    guards: countForGuards(input, decision),
    seats: seatMovesOf(holding, decision),
    change: operation === undefined ? '' : toComparable(changes),
    isWithoutUserType: reasons.some(({ code }) => code === 'scope/no-user-type'),
    hasLine: operation !== undefined || !['nothing', 'licensed', 'outOfScope'].includes(outcome),
  };
}

/** What a decision writes, in a form that two decisions can be compared by; '' for nothing. */
export function comparableChange(holding: Holding, decision: Decision): string {
  return decision.operation === undefined ? '' : toComparable(findChanges(holding, decision));
}

function toComparable({ gains, loses, plansOn, plansOff, usageLocation }: PlannedChange): string {
  return JSON.stringify([[...gains].sort(), [...loses].sort(), plansOn, plansOff, usageLocation]);
}

function findChanges(holding: Holding, { operation }: Decision): PlannedChange {
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
