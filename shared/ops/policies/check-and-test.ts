import { checkAgainstTenant } from '../../pipeline/sources/check-against-tenant';
import type { Services } from '../../pipeline/services';
import { runPolicyTests } from '../../policy/policy-tests/run-policy-tests';
import type { PolicyTestResult } from '../../policy/policy-tests/run-policy-tests';
import type { Problem } from '../../policy/problem';
import { makeCatalogueEntitlement } from './catalogue-entitlement';

export type CheckedAndTested = {
  readonly valid: boolean;
  /** With line and column, from 1. */
  readonly problems: readonly Problem[];
  /** The tests that the policy itself carries, decided with the tenant's SKUs; none while it cannot be used. */
  readonly tests: readonly PolicyTestResult[];
};

/**
 * Checks a policy's text against the tenant's SKUs and groups, and runs its tests. Nothing is stored.
 * `file`: how problems name it.
 * @throws GraphError
 */
export async function checkAndTest(
  { directory, clock }: Pick<Services, 'directory' | 'clock'>,
  text: string,
  file: string,
): Promise<CheckedAndTested> {
  const { policy, problems } = await checkAgainstTenant(directory, text, file);
  if (policy === null || policy.tests.length === 0) return { valid: policy !== null, problems, tests: [] };
  const entitle = makeCatalogueEntitlement(await directory.listSkus());
  return { valid: true, problems, tests: runPolicyTests(policy, entitle, clock.now()) };
}
