import type { Directory } from '../../graph/directory';
import { microsoftConflicts } from '../../licensing/service-plans/known-conflicts';
import { checkPolicy } from '../../policy/check-policy';
import type { CheckedPolicy } from '../../policy/check-policy';
import { readPolicyFile } from '../../policy/file/load-policy';
import type { PolicyBindings } from '../../words/policy-version';
import type { SubscribedSku } from '../../words/sku';
import type { GroupFinding } from '../../policy/checks/group-finding';
import { findGroupFindings } from './group-findings';

/**
 * Checks a policy's text with every name against the tenant: SKUs, service plans and groups.
 * @param bindings of the policy, where it is stored: its names stand for what they were bound to
 * @throws GraphError
 */
export async function checkAgainstTenant(
  directory: Pick<Directory, 'listSkus' | 'findGroups' | 'groupNamesFrom'>,
  text: string,
  file: string,
  bindings: PolicyBindings | null = null,
): Promise<CheckedPolicy> {
  const { draft } = readPolicyFile(text, file);
  const [skus, groups] = await Promise.all([
    directory.listSkus(),
    draft === null
      ? new Map<string, GroupFinding>()
      : findGroupFindings(directory, { ...draft, bindings: bindings }),
  ]);
  return checkPolicy(text, {
    file,
    skus: asBound(skus, bindings),
    groups,
    servicePlanConflicts: microsoftConflicts,
  });
}

/** The tenant's SKUs under the names that a policy was bound with. */
function asBound(skus: readonly SubscribedSku[], bindings: PolicyBindings | null): readonly SubscribedSku[] {
  if (bindings === null) return skus;
  return skus.map((sku) => ({
    ...sku,
    skuPartNumber: inTenantsLetters(
      sku.skuPartNumber,
      bindings.skus.find(({ skuId }) => skuId === sku.skuId)?.name,
    ),
    servicePlans: sku.servicePlans.map((plan) => ({
      ...plan,
      servicePlanName: inTenantsLetters(
        plan.servicePlanName,
        bindings.plans.find(
          ({ skuId, servicePlanId }) => skuId === sku.skuId && servicePlanId === plan.servicePlanId,
        )?.name,
      ),
    })),
  }));
}

/** The bound name; as the tenant writes it, where only the letter case differs. */
function inTenantsLetters(name: string, bound: string | undefined): string {
  return bound === undefined || bound.toLowerCase() === name.toLowerCase() ? name : bound;
}
