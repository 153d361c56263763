import { nearestName } from '../near-name';
import { userPropertyNames } from '../rule/attributes/user-attributes';
import { findPlanByReference, findSkuByReference } from './policy-catalogue';
import type { Finding, PolicyCheck } from './policy-check';

/** Beside the properties that rules read: what tells who a user is, and what rules read of groups and managers. */
const otherProperties = ['id', 'displayName', 'memberOf', 'manager'];

/**
 * A test that passes for the wrong reason is worse than none: a property no rule could read (a misspelt one counts as
 * empty), and SKUs and plans that the tenant does not have.
 */
export const checkTests: PolicyCheck = ({ policy, skus }) => {
  const findings: Finding[] = [];
  const known = [...userPropertyNames(), ...otherProperties];
  const knownLower = new Set(known.map((name) => name.toLowerCase()));
  for (const [index, test] of policy.tests.entries()) {
    for (const key of Object.keys(test.user)) {
      if (knownLower.has(key.toLowerCase()) || /^extension_/i.test(key)) continue;
      const near = nearestName(key, known);
      findings.push({
        severity: 'warning',
        code: 'policy/test-property',
        message: `No rule can read a property ${key}: in this test it counts for nothing`,
        path: ['tests', index, 'user', key],
        hint: near === undefined ? 'Use the names of Graph, such as department.' : `Did you mean ${near}?`,
      });
    }
    if (skus === null) continue;
    for (const [reference, expected] of Object.entries(test.expect)) {
      const sku = findSkuByReference(skus, reference);
      if (sku === undefined) {
        const near = nearestName(
          reference,
          skus.map((each) => each.skuPartNumber),
        );
        findings.push({
          severity: 'error',
          code: 'policy/unknown-sku',
          message: `The tenant has no SKU ${reference}`,
          path: ['tests', index, 'expect', reference],
          ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
        });
        continue;
      }
      for (const plan of expected?.off ?? []) {
        if (findPlanByReference(sku, plan) !== undefined) continue;
        findings.push({
          severity: 'error',
          code: 'policy/unknown-plan',
          message: `${sku.skuPartNumber} has no plan ${plan}`,
          path: ['tests', index, 'expect', reference],
        });
      }
    }
  }
  return findings;
};
