import type { ServicePlanId, SkuId } from '../kernel/ids';
import { inheritedPlans, type Situation } from './situation';

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
  const { index, direct, inherited } = situation;
  const kept = new Set<string>();
  for (const [other, license] of direct) {
    if (other === skuId) continue;
    const off = new Set(license.disabledPlans);
    for (const plan of index.userPlans(other)) if (!off.has(plan)) kept.add(index.planName(plan));
  }
  for (const other of inherited.keys()) {
    for (const plan of inheritedPlans(situation, other)) kept.add(index.planName(plan));
  }
  const off = new Set<ServicePlanId>(direct.get(skuId)?.disabledPlans ?? []);
  const lost = index.userPlans(skuId).filter((plan) => !off.has(plan));
  const isLost = (pattern: RegExp) =>
    lost.some((plan) => pattern.test(index.planName(plan))) && ![...kept].some((name) => pattern.test(name));
  return [
    isLost(mailbox) ? ' The mailbox goes with it: Exchange Online deletes it after 30 days.' : '',
    isLost(deviceManagement) ? ' Devices that Intune manages for the user lose their license.' : '',
  ].join('');
}
