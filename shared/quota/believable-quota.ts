import { timing } from '../kernel/timing';
import type { QuotaRow } from '../words/quota-row';

/**
 * The row with what no process can have stored put right: debts that would take years to earn, a pause that has no end.
 * What is merely too much (tokens, rate, a clock that was fast) the lease's arithmetic bounds itself.
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
