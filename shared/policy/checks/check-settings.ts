import type { Policy } from '../policy';
import { sameReference } from './policy-catalogue';
import type { Finding, PolicyCheck } from './policy-check';

/** Settings whose values do not do what they seem to: guards that hold all or nothing, adoption that removes. */
export const checkSettings: PolicyCheck = ({ policy }) => {
  const findings: Finding[] = [];
  for (const key of ['maxReductions', 'maxChanges'] as const) {
    const limit = policy.guards[key];
    if (limit === null) continue;
    if (limit.count === 0 || limit.percent === 0) {
      findings.push({
        severity: 'warning',
        code: 'policy/guard-holds-everything',
        message: `guards.${key} of 0 holds every single change for approval`,
        path: ['guards', key],
      });
    }
    if (limit.percent === 100 && limit.count === undefined) {
      findings.push({
        severity: 'warning',
        code: 'policy/guard-holds-nothing',
        message: `guards.${key} of 100 percent never holds anything`,
        path: ['guards', key, 'percent'],
      });
    }
  }
  const { maxReductions, maxChanges } = policy.guards;
  if (policy.removal.mode === 'remove' && maxReductions?.isDefault) {
    findings.push({
      severity: 'warning',
      code: 'policy/default-guard',
      message: `Licenses are removed, and the policy names no guard: reductions beyond ${String(maxReductions.count)} users or ${String(maxReductions.percent)} % of the users with a license of the product, whichever is more, are held for approval within 24 hours`,
      path: ['removal'],
      hint: 'Set guards.maxReductions, for example { count: 25, percent: 2 }, or guards: none.',
    });
  }
  if (policy.removal.mode === 'remove' && maxReductions === null && maxChanges === null) {
    findings.push({
      severity: 'warning',
      code: 'policy/no-guard',
      message: 'Licenses are removed, and no guard limits how many at once',
      path: ['guards'],
      hint: 'Set guards.maxReductions, for example { count: 25, percent: 2 }.',
    });
  }
  const granted = grantedSkus(policy);
  for (const [index, sku] of policy.adopt.entries()) {
    if (granted.some((other) => sameReference(other, sku))) continue;
    findings.push({
      severity: 'warning',
      code: 'policy/adopt-not-granted',
      message:
        policy.removal.mode === 'remove'
          ? `${sku} is adopted and no rule assigns it: every existing assignment would be removed`
          : `${sku} is adopted, but no rule assigns it`,
      path: ['adopt', index],
    });
  }
  return findings;
};

/** Every SKU that some rule gives, fallbacks included. */
export function grantedSkus(policy: Policy): string[] {
  return policy.rules.flatMap((rule) => rule.assign.flatMap((grant) => [grant.sku, ...grant.fallback]));
}
