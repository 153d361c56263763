import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { inheritedPlans, type Situation } from '../situation';

/** Plans whose loss costs data or control, by the names Microsoft gives them. */
const mailbox = /^EXCHANGE_[SBL]_(?!FOUNDATION|ARCHIVE)/;
const deviceManagement = /^INTUNE_(A|B|EDU|SMBIZ)(_|$)/;

/**
 * What a person should know before a license goes, as sentences with a leading space; empty when another license
 * of the user gives the same kind of plan.
 * https://learn.microsoft.com/exchange/recipients-in-exchange-online/delete-or-restore-mailboxes (30 days),
 * https://learn.microsoft.com/mem/intune/fundamentals/licenses-assign (unlicensed users with managed devices).
 */
export function describeLoss(situation: Situation, skuId: SkuId): string {
  const { index, direct } = situation;
  const off = new Set<ServicePlanId>(direct.get(skuId)?.disabledPlans ?? []);
  return describe(
    situation,
    index.userPlans(skuId).filter((plan) => !off.has(plan)),
    (other) => other === skuId,
  );
}

/** The same before these plans are switched off in a license that stays; a plan of it that is left on keeps its kind. */
export function describeServicePlanLoss(
  situation: Situation,
  skuId: SkuId,
  plans: readonly ServicePlanId[],
): string {
  return describe(situation, plans, (other, plan) => other === skuId && plans.includes(plan));
}

type IsLostIn = (skuId: SkuId, plan: ServicePlanId) => boolean;

function describe(situation: Situation, lost: readonly ServicePlanId[], isLostIn: IsLostIn): string {
  const nameOf = (plan: ServicePlanId) => situation.index.planName(plan);
  const isLost = (kind: RegExp) =>
    lost.some((plan) => kind.test(nameOf(plan))) &&
    ![...plansKept(situation, isLostIn)].some((plan) => kind.test(nameOf(plan)));
  return [
    isLost(mailbox) ? ' The mailbox goes with it: Exchange Online deletes it after 30 days.' : '',
    isLost(deviceManagement) ? ' Devices that Intune manages for the user lose their license.' : '',
  ].join('');
}

/** Plans that stay on: of direct licenses, except what the policy has off in ours; and all that groups give. */
function plansKept(situation: Situation, isLostIn: IsLostIn): ReadonlySet<ServicePlanId> {
  const { index, direct, inherited, owned, excepted, entitlement } = situation;
  const kept = new Set<ServicePlanId>();
  for (const [skuId, license] of direct) {
    const off = new Set(license.disabledPlans);
    const followsPolicy = owned.has(skuId) && !excepted.has(skuId);
    const wanted = followsPolicy ? entitlement.wanted.find((one) => one.skuId === skuId) : undefined;
    for (const plan of index.userPlans(skuId)) {
      const goesToo = isLostIn(skuId, plan) || wanted?.plans.get(plan)?.state === 'off';
      if (!off.has(plan) && !goesToo) kept.add(plan);
    }
  }
  for (const skuId of inherited.keys()) {
    for (const plan of inheritedPlans(situation, skuId)) kept.add(plan);
  }
  return kept;
}
