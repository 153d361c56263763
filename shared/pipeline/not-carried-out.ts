import type { Policy } from '../policy/policy';
import type { Problem } from '../policy/problem';

/**
 * What a policy may say but this version does not do yet. It is refused, never ignored: a policy that relies on
 * a guard nobody counts, or on removals nobody makes, would be a false promise.
 */
export function findNotCarriedOut(policy: Policy, file: string): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string, hint: string) =>
    problems.push({
      severity: 'error',
      code: 'policy/not-carried-out',
      message,
      hint,
      path,
      file,
      line: 1,
      column: 1,
    });
  if (policy.removal.mode === 'remove') {
    refuse(
      'removal',
      'removal: { mode: remove } is not carried out by this version',
      'Use { mode: keep }: licenses of leavers stay until removals with guards are built.',
    );
  }
  if (policy.guards.maxReductions !== null || policy.guards.maxChanges !== null) {
    refuse(
      'guards',
      'guards are not counted by this version',
      'Leave them out; this version takes no license away, except in a swap within an exclusive group.',
    );
  }
  policy.rules.forEach((rule, index) => {
    const watchful = rule.assign.filter((grant) => grant.newPlans !== 'on');
    for (const { sku, newPlans } of watchful) {
      refuse(
        `rules.${index}.assign`,
        `newPlans: ${newPlans} of ${sku} in rule "${rule.name}" is not carried out by this version`,
        'Leave it out, or list the plans with enable: [...]: what is not listed stays off.',
      );
    }
  });
  return problems;
}
