import type { Limit, Policy } from '../policy/policy';
import type { Reason } from './decision';
import type { GuardCount, GuardCounters } from './guard-counts';

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

function exceeds(
  what: 'reductions' | 'changes',
  verb: string,
  limit: Limit | null,
  count: number,
  { usersWithLedger }: GuardCounters,
): Reason | null {
  const excess = findExcess(limit, count, usersWithLedger);
  if (excess === null) return null;
  return {
    code: `guard/${what}`,
    text: `Held: with this user ${count} would ${verb}, and the guard allows ${excess} in a rollout or 24 hours. Look at the held changes ("licenser rollout list") and approve them, or correct the policy.`,
  };
}

/** What a limit allows, in words, when so many users exceed it; null: they do not. */
export function findExcess(limit: Limit | null, count: number, usersWithLedger: number): string | null {
  if (limit === null) return null;
  const allowed = [
    ...(limit.count === undefined ? [] : [{ users: limit.count, text: `${limit.count} users` }]),
    ...(limit.percent === undefined
      ? []
      : [
          {
            users: (usersWithLedger * limit.percent) / 100,
            text: `${limit.percent} % of ${usersWithLedger} users`,
          },
        ]),
  ];
  return allowed.find((one) => count > one.users)?.text ?? null;
}
