import type { SkuId } from '../../kernel/ids';
import type { Decision, DecideInput } from '../decision';
import type { Holding } from '../holding/holding';
import type { Ledger } from '../../words/ledger';

/** What a decision counts for against the guards: at most one of each per user. */
export type GuardCount = {
  /** It takes a license away, switches a plan off, or puts a lesser license in the place of a better one. */
  readonly reduction: boolean;
  /** It writes to a user who holds something already. */
  readonly change: boolean;
};

/** What was counted so far, over one rollout or any 24 hours. Users, not operations. */
export type GuardCounters = {
  /** Users with ledger entries in the tenant: what percentages are of. */
  readonly usersWithLedger: number;
  /** Users who lost something. */
  readonly reductions: number;
  /** Users who held something already and were written to. */
  readonly changes: number;
};

/** A user with a direct license, or with one that we gave, is no first grant. */
export function changesBesideFirstGrant(holding: Holding, ledger: Ledger): boolean {
  return holding.direct.length > 0 || ledger.length > 0;
}

/** Reasons of a license that goes because something better comes: no reduction. */
const upgrade = new Set(['exclusive/superseded']);
/** What a person asked for this very user, and its end: a guard is there to ask a person. */
const byPerson = /^pin\//;

/** What this decision counts for; what an exception asks for never counts. */
export function countForGuards(input: DecideInput, decision: Decision): GuardCount {
  const { operation } = decision;
  if (operation === undefined) return { reduction: false, change: false };
  const direct = new Map(input.holding.direct.map((license) => [license.skuId, license]));
  const reasonOf = new Map(decision.skus.map((sku) => [sku.skuId, sku.reason.code]));
  const counts = (skuId: SkuId) => !byPerson.test(reasonOf.get(skuId) ?? '');
  const takesAway = operation.remove.some(
    (skuId) => counts(skuId) && !upgrade.has(reasonOf.get(skuId) ?? ''),
  );
  const switchesOff = operation.add.some(({ skuId, disabledPlans }) => {
    if (!counts(skuId)) return false;
    const before = direct.get(skuId);
    if (before === undefined) return false;
    const off = new Set(before.disabledPlans);
    return disabledPlans.some((plan) => !off.has(plan));
  });
  return {
    reduction: takesAway || switchesOff,
    change:
      changesBesideFirstGrant(input.holding, input.ledger) &&
      (operation.add.some(({ skuId }) => counts(skuId)) ||
        operation.remove.some(counts) ||
        operation.usageLocation !== undefined),
  };
}
