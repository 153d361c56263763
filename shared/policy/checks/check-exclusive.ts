import type { Finding, PolicyCheck } from './policy-check';
import { sameReference } from './policy-catalogue';

/** Exclusive groups: a SKU twice, two groups that rank SKUs differently, a rule that gives two of one group. */
export const checkExclusive: PolicyCheck = ({ policy }) => {
  const findings: Finding[] = [];
  const rank = (group: readonly string[], sku: string) =>
    group.findIndex((member) => sameReference(member, sku));
  for (const [groupIndex, group] of policy.exclusive.entries()) {
    for (const [index, sku] of group.entries()) {
      if (rank(group, sku) < index) {
        findings.push({
          severity: 'error',
          code: 'policy/exclusive-twice',
          message: `${sku} stands twice in one exclusive group`,
          path: ['exclusive', groupIndex, index],
        });
      }
      const contrary = policy.exclusive
        .slice(0, groupIndex)
        .find((earlier) =>
          group
            .slice(0, index)
            .some((better) => rank(earlier, sku) >= 0 && rank(earlier, better) > rank(earlier, sku)),
        );
      if (contrary !== undefined) {
        findings.push({
          severity: 'error',
          code: 'policy/exclusive-order',
          message: `${sku} is ranked the other way round in another exclusive group`,
          path: ['exclusive', groupIndex, index],
          hint: `The other group is ${contrary.join(', ')}.`,
        });
      }
    }
    for (const [ruleIndex, rule] of policy.rules.entries()) {
      const given = rule.assign.filter((grant) => rank(group, grant.sku) >= 0);
      const best = Math.min(...given.map((grant) => rank(group, grant.sku)));
      for (const grant of given) {
        if (rank(group, grant.sku) === best) continue;
        findings.push({
          severity: 'warning',
          code: 'policy/exclusive-in-one-rule',
          message: `Rule ${rule.name} gives ${grant.sku} and ${group[best] ?? ''}, which exclude each other; only the better one will be held`,
          path: ['rules', ruleIndex, 'assign', rule.assign.indexOf(grant), 'sku'],
          hint: `To give ${grant.sku} while ${group[best] ?? ''} has no seats, make it a fallback.`,
        });
      }
    }
  }
  return findings;
};
