import type { Limit, Policy } from '../../policy/policy';
import type { GuardCount, GuardCounters } from './guard-counts';
import type { Reason } from '../../words/reason';

/** Why reductions, or all changes beside first grants, are to be held; null: they may go on. */
export type GuardVerdict = { readonly reductions: Reason | null; readonly changes: Reason | null };

export const guardsOpen: GuardVerdict = { reductions: null, changes: null };

/**
 * Whether this decision's writes would exceed a limit, the writes counted so far included. Exceeding count or
 * percent is enough. First grants never count. Give the verdict back to `decide` as `hold`: what may go on then
 * still does.
 */
export function judgeGuards(
  guards: Policy['guards'],
  counters: GuardCounters,
  coming: GuardCount,
): GuardVerdict {
  return {
    reductions: coming.reduction
      ? exceeds('reductions', 'lose something', guards.maxReductions, counters.reductions + 1, counters)
      : null,
    changes: coming.change
      ? exceeds('changes', 'change', guards.maxChanges, counters.changes + 1, counters)
      : null,
  };
}

/** Limits that this many users together would exceed, were all their changes carried out at once; for plans. */
export function findExceeded(guards: Policy['guards'], counters: GuardCounters): readonly Reason[] {
  const one = (
    what: 'reductions' | 'changes',
    verb: string,
    limit: Limit | null,
    count: number,
  ): readonly Reason[] => {
    const allowed = count === 0 ? null : findExcess(limit, count, counters.usersWithLedger);
    if (allowed === null) return [];
    return [
      {
        code: `guard/${what}`,
        text: `${count} users would ${verb}, and the guard allows ${allowed} in a rollout or 24 hours: what goes beyond is held until a person approves it.`,
      },
    ];
  };
  return [
    ...one('reductions', 'lose something', guards.maxReductions, counters.reductions),
    ...one('changes', 'change', guards.maxChanges, counters.changes),
  ];
}

function exceeds(
  what: 'reductions' | 'changes',
  verb: string,
  limit: Limit | null,
  count: number,
  counters: GuardCounters,
): Reason | null {
  const allowed = findExcess(limit, count, counters.usersWithLedger);
  if (allowed === null) return null;
  return {
    code: `guard/${what}`,
    text: `Held: with this user ${count} would ${verb}, and the guard allows ${allowed} in a rollout or 24 hours. Look at the held changes ("licenser rollout list") and approve them, or correct the policy.`,
  };
}

/** What a limit allows, in words, when so many users exceed it; null: they do not. */
export function findExcess(limit: Limit | null, count: number, usersWithLedger: number): string | null {
  if (limit === null) return null;
  const { count: most, percent } = limit;
  if (limit.isDefault) {
    const allowed = Math.max(most ?? 0, (usersWithLedger * (percent ?? 0)) / 100);
    return count > allowed ? `${Math.floor(allowed)} users (the policy names no guard)` : null;
  }
  if (most !== undefined && count > most) return `${most} users`;
  return percent !== undefined && count > (usersWithLedger * percent) / 100
    ? `${percent} % of ${usersWithLedger} users`
    : null;
}
