import type { Directory } from '../../graph/directory';
import { microsoftConflicts } from '../../licensing/service-plans/known-conflicts';
import { checkPolicy } from '../../policy/check-policy';
import type { CheckedPolicy } from '../../policy/check-policy';
import { readPolicyFile } from '../../policy/file/load-policy';
import { findNearGroups } from './unknown-groups';

/**
 * Checks a policy's text with every name against the tenant: SKUs, service plans and groups.
 * @throws GraphError
 */
export async function checkAgainstTenant(
  directory: Pick<Directory, 'listSkus' | 'findGroups' | 'groupNamesFrom'>,
  text: string,
  file: string,
): Promise<CheckedPolicy> {
  const { draft } = readPolicyFile(text, file);
  const [skus, unknownGroups] = await Promise.all([
    directory.listSkus(),
    draft === null ? new Map<string, readonly string[]>() : findNearGroups(directory, draft),
  ]);
  return checkPolicy(text, { file, skus, unknownGroups, servicePlanConflicts: microsoftConflicts });
}
