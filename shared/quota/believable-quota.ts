import { timing } from '../kernel/timing';
import type { QuotaRow } from '../words/quota-row';

/**
 * Repairs what no process can have stored: debts that would take years to earn, a pause that has no end.
 * Figures that are only too high (tokens, rate, a clock that was fast) are bounded by the arithmetic of leases.
 */
export function toBelievableQuota(row: QuotaRow, now: number): QuotaRow {
  const isEndless = row.notBefore - now > timing.quota.longestPause.ms;
  return {
    ...row,
    tokens: Math.max(0, row.tokens),
    spare: Math.max(0, row.spare),
    ...(isEndless ? { notBefore: 0, updatedAt: Math.min(row.updatedAt, now) } : {}),
  };
}
