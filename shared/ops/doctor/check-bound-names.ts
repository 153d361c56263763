import { resolvePolicy } from '../../licensing/entitlement/resolved-policy';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { Policy } from '../../policy/policy';
import { fail, warn } from './finding';
import type { Finding } from './finding';

/** What of the names of a policy in force the tenant calls otherwise now, and what stands for nothing sure. */
export function checkBoundNames(policy: Policy, catalogue: Catalogue): readonly Finding[] {
  const { problems, renamed, shared } = resolvePolicy(policy, catalogue);
  const hash = policy.hash.slice(0, 12);
  return [
    ...problems.map(({ text }) =>
      fail('policy', `the policy in force (${hash}): ${text}`, 'Correct the file and activate it.'),
    ),
    ...renamed.map(({ name, id, now }) =>
      warn(
        'policy',
        `the policy in force (${hash}) names ${name}, which the tenant calls ${now} now (${id}): it still stands for that, and no user changes`,
        `Write ${now} in the file at the next change.`,
      ),
    ),
    ...shared.map(({ name, id, others, sku }) =>
      warn(
        'policy',
        `the policy in force (${hash}) names ${name}, which stands for ${id}${sku === null ? '' : ` in ${sku}`}; ${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} that name too, and ${others.length === 1 ? 'does' : 'do'} not count`,
        `Write ${id} in the file at the next change.`,
      ),
    ),
  ];
}
