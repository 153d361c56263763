import type { SyncedUser, WriteLogEntry } from './control-api';
import type { SkuNames } from './sku-names';

/** One line about one write of Graph's log: how long after the user appeared, who, what. */
export function describeWrite(entry: WriteLogEntry, user: SyncedUser, names: SkuNames): string {
  const after = `${((entry.at - user.readableAt) / 1_000).toFixed(1)} s`.padStart(7);
  const what =
    entry.kind === 'usageLocation'
      ? `usage location ${entry.usageLocation ?? ''}`
      : [
          ...(entry.add ?? []).map(({ skuId, disabledPlans }) => {
            const off = disabledPlans.map((plan) => names.plan(plan));
            return `${names.sku(skuId)}${off.length > 0 ? ` without ${off.join(', ')}` : ''}`;
          }),
          ...(entry.remove ?? []).map((skuId) => `removed ${names.sku(skuId)}`),
        ].join(', ');
  const refused = entry.status >= 400 ? ` (refused, ${entry.status})` : '';
  const who = user.userPrincipalName.split('@')[0] ?? user.userPrincipalName;
  return `${after}  ${who.padEnd(24)}  ${what}${refused}`;
}
