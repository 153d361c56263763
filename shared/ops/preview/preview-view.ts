import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { findExceeded } from '../../licensing/guards/guards';
import type { ServicePlanChange } from '../../licensing/preview/planned-effect';
import type { Preview, PreviewLine } from '../../licensing/preview/preview';
import type { Policy } from '../../policy/policy';
import type { MadePlan } from './make-preview';

export type PlanChangeView = { readonly sku: string; readonly plans: readonly string[] };

export type PlanLineView = {
  readonly id: string;
  readonly userPrincipalName: string | null;
  readonly outcome: string;
  /** By part number. */
  readonly gains: readonly string[];
  readonly loses: readonly string[];
  /** In licenses that stay. */
  readonly plansOn: readonly PlanChangeView[];
  readonly plansOff: readonly PlanChangeView[];
  /** Filled in first; null: stays as it is. */
  readonly usageLocation: string | null;
  readonly reduction: boolean;
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
};

/** A plan with names for ids: what `licenser plan --json` prints. */
export type PreviewView = {
  readonly policyHash: string;
  /** Of the users' states the plan was made from; another one: the tenant has moved. */
  readonly stateHash: string;
  readonly users: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly lines: readonly PlanLineView[];
  readonly seats: readonly {
    readonly sku: string;
    readonly seats: number;
    readonly takenBefore: number;
    readonly takenAfter: number;
    readonly waiting: number;
  }[];
  /** Per month, in the currency of the policy's prices; null: it names none. */
  readonly cost: { readonly before: number; readonly after: number } | null;
  readonly guards: {
    readonly usersWithLedger: number;
    readonly reductions: number;
    readonly changes: number;
    /** Limits that carrying out everything at once would exceed: the rest would be held. */
    readonly exceeded: readonly string[];
  };
  /** Users outside the scope because their accounts have no userType, as far as that shows. */
  readonly withoutUserType?: number;
  /** Users of whom a blank before or after a property alone changes what the scope or a rule says, by property. */
  readonly decidingBlanks?: Readonly<Record<string, number>>;
  /**
   * Why another person would have to approve it if it were activated now; empty: it would run at once. null: not looked at,
   * because it is no edited policy for everybody.
   */
  readonly approval: readonly { readonly code: string; readonly text: string }[] | null;
  /** How many users were planned with each policy; more than one while a rollout moves users to another. */
  readonly policies: readonly { readonly policyHash: string; readonly users: number }[];
  /** Users that were named and that the tenant does not know. */
  readonly unknown: readonly string[];
  /** Ids of users who are not planned because a row of theirs cannot be read. */
  readonly unreadable: readonly string[];
};

/** A preview for people and JSON: ids become names. */
export function toPreviewView(
  plan: Preview,
  { policy, catalogue }: { readonly policy: Policy; readonly catalogue: Catalogue },
  {
    unknown,
    unreadable,
    policies,
    approval,
  }: Pick<MadePlan, 'unknown' | 'unreadable' | 'policies'> & Pick<PreviewView, 'approval'>,
): PreviewView {
  const index = indexOfCatalogue(catalogue);
  const sku = (id: SkuId) => index.skuName(id);
  const name = (id: ServicePlanId) => index.planName(id);
  const change = ({ skuId, servicePlanIds }: ServicePlanChange): PlanChangeView => ({
    sku: sku(skuId),
    plans: servicePlanIds.map(name).sort(),
  });
  const says = (one: PreviewLine) => ({
    outcome: one.outcome,
    gains: one.gains.map(sku).sort(),
    loses: one.loses.map(sku).sort(),
    plansOn: one.plansOn.map(change),
    plansOff: one.plansOff.map(change),
    usageLocation: one.usageLocation,
    reduction: one.reduction,
    reasons: one.reasons.map(({ code, text }) => ({ code, text })),
  });
  // Lines of users who are alike have their reasons in common, and so all that they say.
  const said = new Map<PreviewLine['reasons'], ReturnType<typeof says>>();
  const line = (one: PreviewLine): PlanLineView => {
    const common = said.get(one.reasons) ?? says(one);
    said.set(one.reasons, common);
    return { id: one.user.id, userPrincipalName: one.user.userPrincipalName, ...common };
  };
  return {
    policyHash: plan.policyHash,
    stateHash: plan.stateHash,
    users: plan.users,
    outcomes: plan.outcomes,
    lines: plan.lines.map(line),
    seats: plan.seats.map((one) => ({
      sku: one.skuPartNumber,
      seats: one.enabled,
      takenBefore: one.consumedBefore,
      takenAfter: one.consumedAfter,
      waiting: one.waiting,
    })),
    cost: plan.cost,
    withoutUserType: plan.withoutUserType,
    decidingBlanks: plan.decidingBlanks,
    guards: {
      ...plan.guards,
      exceeded: findExceeded(policy.guards, plan.guards).map(({ text }) => text),
    },
    approval,
    policies: [...policies].map(([policyHash, users]) => ({ policyHash, users })),
    unknown,
    unreadable,
  };
}
