import { nearestName } from '../near-name';
import { meantBy } from '../products/product-names';
import type { Path } from '../file/yaml-source';
import { findSkuByReference, plansByReference, skusByReference } from './policy-catalogue';
import type { PolicySku } from './policy-catalogue';
import type { Finding, PolicyCheck } from './policy-check';

/** SKUs and plans that the tenant does not have, or that cannot be assigned or switched. */
export const checkNames: PolicyCheck = ({ policy, skus }) => {
  if (skus === null) return [];
  const findings: Finding[] = [];
  const sku = (reference: string, path: Path, assigned: boolean) => {
    findings.push(...checkSku(skus, reference, path, assigned));
    return findSkuByReference(skus, reference);
  };
  const given: PolicySku[] = [];
  for (const [ruleIndex, rule] of policy.rules.entries()) {
    for (const [grantIndex, grant] of rule.assign.entries()) {
      const path = ['rules', ruleIndex, 'assign', grantIndex];
      const named = sku(grant.sku, [...path, 'sku'], true);
      const fallbacks = grant.fallback.map((reference, index) =>
        sku(reference, [...path, 'fallback', index], true),
      );
      given.push(...[named, ...fallbacks].filter((found) => found !== undefined));
      if (grant.plans.kind === 'all' || named === undefined) continue;
      const key = grant.plans.kind;
      for (const [index, plan] of grant.plans.plans.entries()) {
        findings.push(...checkPlan(named, plan, [...path, key, index], key === 'disable'));
      }
    }
  }
  for (const [groupIndex, group] of policy.exclusive.entries()) {
    for (const [index, reference] of group.entries()) sku(reference, ['exclusive', groupIndex, index], false);
  }
  for (const [index, reference] of policy.adopt.entries()) sku(reference, ['adopt', index], false);
  for (const reference of Object.keys(policy.prices)) sku(reference, ['prices', reference], false);
  for (const [ruleIndex, rule] of policy.rules.entries()) {
    for (const [index, plan] of rule.without.entries()) {
      if (given.some((found) => plansByReference(found, plan).length > 0)) continue;
      const names = given.flatMap((found) => found.servicePlans.map((known) => known.servicePlanName));
      findings.push({
        severity: 'error',
        code: 'policy/unknown-plan',
        message: `No SKU that this policy assigns has a plan ${plan}`,
        path: ['rules', ruleIndex, 'without', index],
        ...suggestion(plan, names),
      });
    }
  }
  return findings;
};

function checkSku(skus: readonly PolicySku[], reference: string, path: Path, assigned: boolean): Finding[] {
  const [found, ...others] = skusByReference(skus, reference);
  if (found !== undefined && others.length > 0) {
    const ids = [found, ...others].map(({ skuId }) => skuId).sort();
    return [
      {
        severity: 'error',
        code: 'policy/ambiguous-sku',
        message: `The tenant has ${String(ids.length)} SKUs of the name ${reference}: ${ids.join(', ')}`,
        path,
        hint: 'Name the one you mean by its id.',
      },
    ];
  }
  if (found === undefined) {
    return [
      {
        severity: 'error',
        code: 'policy/unknown-sku',
        message: `The tenant has no SKU ${reference}`,
        path,
        ...suggestion(
          reference,
          skus.map((sku) => sku.skuPartNumber),
          skus.map((sku) => sku.skuId),
        ),
      },
    ];
  }
  if (assigned && found.appliesTo !== 'User') {
    return [
      {
        severity: 'error',
        code: 'policy/company-sku',
        message: `${found.skuPartNumber} belongs to the organization and cannot be assigned to users`,
        path,
      },
    ];
  }
  if (assigned && found.capabilityStatus !== 'Enabled') {
    return [
      {
        severity: 'warning',
        code: 'policy/sku-status',
        message: `The subscription of ${found.skuPartNumber} is ${found.capabilityStatus}`,
        path,
        hint:
          found.capabilityStatus === 'Warning'
            ? 'It has expired and is in its grace period: renew it.'
            : 'Renew it or buy it again; until then nothing of it is assigned.',
      },
    ];
  }
  return [];
}

function checkPlan(sku: PolicySku, reference: string, path: Path, disabled: boolean): Finding[] {
  const [plan, ...others] = plansByReference(sku, reference);
  if (plan !== undefined && others.length > 0) {
    const ids = [plan, ...others].map(({ servicePlanId }) => servicePlanId).sort();
    return [
      {
        severity: 'error',
        code: 'policy/ambiguous-plan',
        message: `${sku.skuPartNumber} has ${String(ids.length)} plans of the name ${reference}: ${ids.join(', ')}`,
        path,
        hint: 'Name the one you mean by its id.',
      },
    ];
  }
  if (plan === undefined) {
    return [
      {
        severity: 'error',
        code: 'policy/unknown-plan',
        message: `${sku.skuPartNumber} has no plan ${reference}`,
        path,
        ...suggestion(
          reference,
          sku.servicePlans.map((known) => known.servicePlanName),
          sku.servicePlans.map((known) => known.servicePlanId),
        ),
      },
    ];
  }
  if (disabled && plan.appliesTo !== 'User') {
    return [
      {
        severity: 'error',
        code: 'policy/company-plan',
        message: `${plan.servicePlanName} belongs to the organization and cannot be switched off for a user`,
        path,
        hint: 'Leave it out.',
      },
    ];
  }
  return [];
}

function suggestion(
  reference: string,
  names: readonly string[],
  ids: readonly string[] = [],
): { hint?: string } {
  const near = meantBy(reference, [...names, ...ids]) ?? nearestName(reference, names);
  if (near !== undefined) return { hint: `Did you mean ${near}?` };
  return names.length > 0 && names.length <= 40 ? { hint: `It has ${[...new Set(names)].join(', ')}.` } : {};
}
