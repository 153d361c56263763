import type { GroupId } from '../../kernel/ids';
import type { Proposer } from './proposer';
import { resolvePolicy } from '../entitlement/resolved-policy';
import { isInEffect } from '../situation';
import type { HeldLicense } from '../../words/license';

/** What is amiss with the holding itself, whatever the policy says. */
export function findHoldingTrouble(proposer: Proposer): void {
  const { situation } = proposer;
  const { input, reasons, direct, owned, entitlement } = situation;
  const report = (license: HeldLicense, group: GroupId | null) => {
    if (license.error === null && isInEffect(license)) return;
    proposer.find(reasons.licenseError(license.skuId, license.error ?? `state ${license.state}`, group));
  };
  for (const license of input.holding.direct) report(license, null);
  for (const license of input.holding.inherited) report(license, license.groupId);
  const { adopt } = resolvePolicy(input.policy, input.catalogue);
  for (const skuId of direct.keys()) {
    if (situation.inherited.has(skuId)) proposer.find(reasons.duplicate(skuId));
    const isManual = !owned.has(skuId) && adopt.has(skuId) && !situation.isWanted(skuId);
    if (isManual && entitlement.scope === true) proposer.find(reasons.manualNotGranted(skuId));
  }
}
