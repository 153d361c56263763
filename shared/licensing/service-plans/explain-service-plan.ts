import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { WantedSku } from '../entitlement/entitlement';
import type { ServicePlanVerdict } from './service-plan-verdicts';
import { inheritedPlans, type Situation } from '../situation';

export type ServicePlanExplanation = {
  readonly servicePlanId: ServicePlanId;
  readonly servicePlanName: string;
  /** As the user has it now. */
  readonly now: 'on' | 'off' | 'notHeld';
  /** What the policy says; null: nothing. */
  readonly policy: ServicePlanVerdict['state'] | null;
  /** Because of which rule, or which earlier hand. */
  readonly text: string;
};

/** Why a user has or lacks one plan of one SKU; `wanted`: what the policy says of the SKU, undefined: nothing. */
export function explainServicePlan(
  situation: Situation,
  skuId: SkuId,
  plan: ServicePlanId,
  wanted: WantedSku | undefined,
): ServicePlanExplanation {
  const direct = situation.direct.get(skuId);
  const fromGroup = inheritedPlans(situation, skuId).has(plan);
  const isHeld = direct !== undefined || situation.inherited.has(skuId);
  const isOn = fromGroup || (direct !== undefined && !direct.disabledPlans.includes(plan));
  const verdict = wanted?.plans.get(plan);
  return {
    servicePlanId: plan,
    servicePlanName: situation.index.planName(plan),
    now: !isHeld ? 'notHeld' : isOn ? 'on' : 'off',
    policy: verdict?.state ?? null,
    text: [explainNow(situation, skuId, plan, fromGroup), explainVerdict(verdict)].join(' ').trim(),
  };
}

function explainNow(situation: Situation, skuId: SkuId, plan: ServicePlanId, fromGroup: boolean): string {
  if (fromGroup) return 'On, from a group.';
  const direct = situation.direct.get(skuId);
  if (direct === undefined) return situation.inherited.has(skuId) ? 'Off in the license of the group.' : '';
  const owned = situation.owned.get(skuId);
  const isOff = direct.disabledPlans.includes(plan);
  if (owned === undefined) return isOff ? 'Switched off by hand.' : 'On, in a license assigned by hand.';
  if (!isOff) return 'On.';
  return owned.byPeople.has(plan) ? 'Switched off by hand, and stays off.' : 'Switched off by the policy.';
}

function explainVerdict(verdict: ServicePlanVerdict | undefined): string {
  if (verdict === undefined) return '';
  const rules = verdict.rules.map((rule) => `"${rule}"`).join(', ');
  const by = `${verdict.rules.length === 1 ? 'rule' : 'rules'} ${rules}`;
  if (verdict.state === 'undecided') return `Left as it is: undecided by ${by}.`;
  if (verdict.cause === 'unknown-plan' || verdict.cause === 'unsure-off')
    return `Left as it is: a plan is named wrongly in ${by}.`;
  if (verdict.state === 'keep') return `Left as it is: new, and held by ${by}.`;
  const place =
    verdict.cause === 'without' ? '"without" in ' : verdict.cause === 'new-plan' ? '"newPlans" in ' : '';
  return `The policy says ${verdict.state}, because of ${place}${by}.`;
}
