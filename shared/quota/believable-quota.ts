import { timing } from '../kernel/timing';
import { leastCapacity } from './quota-lease';
import type { QuotaRow } from '../words/quota-row';

/** Writes: more than that is promised to no process. */
function deepestDebt(ratePerSecond: number): number {
  return -Math.max(0, ratePerSecond) * (timing.quota.ahead.ms / 1_000) - leastCapacity;
}

/**
 * Repairs what no process can have stored: debts that would take years to earn, a pause that has no end.
 * Figures that are only too high (tokens, rate, a clock that was fast) are bounded by the arithmetic of leases.
 */
export function toBelievableQuota(row: QuotaRow, now: number): QuotaRow {
  const isEndless = row.notBefore - now > timing.quota.longestPause.ms;
  const believable = (tokens: number) => (tokens < deepestDebt(row.ratePerSecond) ? 0 : tokens);
  return {
    ...row,
    tokens: believable(row.tokens),
    spare: believable(row.spare),
    ...(isEndless ? { notBefore: 0, updatedAt: Math.min(row.updatedAt, now) } : {}),
  };
}
