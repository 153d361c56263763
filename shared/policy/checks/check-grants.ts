import type { Finding, PolicyCheck } from './policy-check';
import { findSkuByReference, sameReference } from './policy-catalogue';

/** Grants that contradict themselves: the same SKU twice, a fallback to itself, plans that are named on and off. */
export const checkGrants: PolicyCheck = ({ policy, skus }) => {
  const findings: Finding[] = [];
  const idOf = (sku: string) => findSkuByReference(skus ?? [], sku)?.skuId ?? sku;
  const sameSku = (a: string, b: string) => sameReference(idOf(a), idOf(b));
  for (const [ruleIndex, rule] of policy.rules.entries()) {
    for (const [grantIndex, grant] of rule.assign.entries()) {
      const path = ['rules', ruleIndex, 'assign', grantIndex];
      const first = rule.assign.findIndex((other) => sameSku(other.sku, grant.sku));
      if (first < grantIndex) {
        findings.push({
          severity: 'error',
          code: 'policy/sku-twice',
          message: `Rule ${rule.name} assigns ${grant.sku} twice`,
          path: [...path, 'sku'],
          hint: 'Give each SKU once in a rule; two rules may give the same SKU.',
        });
      }
      for (const [index, fallback] of grant.fallback.entries()) {
        const again = grant.fallback.findIndex((other) => sameSku(other, fallback)) < index;
        if (!sameSku(fallback, grant.sku) && !again) continue;
        findings.push({
          severity: 'error',
          code: again ? 'policy/fallback-twice' : 'policy/fallback-to-itself',
          message: again
            ? `${fallback} stands twice among the fallbacks`
            : `${grant.sku} cannot stand in for itself`,
          path: [...path, 'fallback', index],
        });
      }
      if (grant.plans.kind === 'enable') {
        for (const [index, plan] of grant.plans.plans.entries()) {
          if (!rule.without.some((without) => sameReference(without, plan))) continue;
          findings.push({
            severity: 'warning',
            code: 'policy/enabled-and-without',
            message: `${plan} is enabled and named in without, which wins`,
            path: [...path, 'enable', index],
          });
        }
      }
    }
  }
  return findings;
};
