import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { Proposal, Proposals } from './proposal';
import type { Situation } from '../situation';
import type { Reason } from '../../words/reason';
import type { SkuOutcome } from '../../words/outcome';
import type { LapsedRule, LedgerEntry } from '../../words/ledger';

type Step = Partial<Omit<Proposal, 'skuId'>> & { readonly outcomes: readonly SkuOutcome[] };

/** Collects what one decision wants to do and to say. */
export class Proposer {
  readonly #proposals: Proposal[] = [];
  readonly #outcomes: SkuOutcome[] = [];
  readonly #findings: Reason[] = [];
  readonly #entries = new Map<SkuId, LedgerEntry>();
  readonly #staying = new Map<SkuId, ReadonlySet<ServicePlanId>>();
  readonly #dates: number[] = [];
  /** Our licenses that stay as fallbacks, because something better cannot be had yet. */
  readonly keptFallbacks = new Set<SkuId>();

  constructor(readonly situation: Situation) {}

  propose(skuId: SkuId, step: Step): void {
    this.#proposals.push({
      add: null,
      carried: [],
      widen: [],
      narrow: [],
      remove: [],
      reduction: false,
      priority: 0,
      ...step,
      skuId,
    });
  }

  say(
    skuId: SkuId,
    outcome: SkuOutcome['outcome'],
    reason: Reason,
    more: Pick<SkuOutcome, 'priority' | 'fallback' | 'seeks'> = {},
  ): void {
    this.#outcomes.push({ skuId, outcome, reason, ...more });
  }

  find(reason: Reason): void {
    this.#findings.push(reason);
  }

  /** Plans that are on, and are switched off when a look at this time or later agrees. */
  stay(skuId: SkuId, plans: Iterable<ServicePlanId>, lookAgainAt: number): void {
    this.#staying.set(skuId, new Set(plans));
    this.#dates.push(lookAgainAt);
  }

  /** The ledger's entry of a license that is wanted: nothing is ending, but for rules that count for now. */
  own(skuId: SkuId, rules: readonly string[], lapsedRules: readonly LapsedRule[] = []): void {
    const { input, owned } = this.situation;
    this.keep({
      skuId,
      disabledByUs: [],
      rules,
      policyHash: input.policy.hash,
      adopted: owned.get(skuId)?.entry.adopted ?? false,
      notEntitledSince: null,
      ...(lapsedRules.length === 0 ? {} : { lapsedRules }),
    });
  }

  keep(entry: LedgerEntry): void {
    this.#entries.set(entry.skuId, entry);
  }

  isRemoved(skuId: SkuId): boolean {
    return this.#proposals.some((proposal) => proposal.remove.includes(skuId));
  }

  /** Switches the plans of our license to this set of plans that are off; false: they are so already. */
  changePlans(
    skuId: SkuId,
    off: readonly ServicePlanId[],
    options: {
      readonly priority: number;
      readonly outcome: SkuOutcome['outcome'];
      readonly say: (plans: readonly ServicePlanId[], on: boolean) => Reason;
    },
  ): boolean {
    const now = this.situation.owned.get(skuId)?.off ?? new Set<ServicePlanId>();
    const target = new Set(off);
    const narrow = off.filter((plan) => !now.has(plan));
    const widen = [...now].filter((plan) => !target.has(plan)).sort();
    const { priority, outcome } = options;
    const said = (plans: readonly ServicePlanId[], on: boolean): SkuOutcome[] => [
      { skuId, outcome, reason: options.say(plans, on) },
    ];
    if (narrow.length > 0) {
      this.propose(skuId, { narrow, reduction: true, priority, outcomes: said(narrow, false) });
    }
    if (widen.length > 0) this.propose(skuId, { widen, priority, outcomes: said(widen, true) });
    return narrow.length > 0 || widen.length > 0;
  }

  result(): Proposals {
    return {
      proposals: this.#proposals,
      outcomes: this.#outcomes,
      findings: this.#findings,
      entries: this.#entries,
      staying: this.#staying,
      dates: this.#dates,
    };
  }
}
