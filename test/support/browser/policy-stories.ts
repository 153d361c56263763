import { policyText, startRolloutWorld } from '../rollout-world';
import type { RolloutWorld } from '../rollout-world';

/** Text that would run as script if the page took it for markup. */
export const script = '<img src=x onerror="document.title=1">';

/** EMS for Trading, with guards that hold more than 25 users; what is not granted any more goes at once. */
export function tradersPolicy(
  options: {
    readonly department?: string;
    readonly disable?: readonly string[];
    readonly more?: string;
  } = {},
): string {
  const { department = 'Trading', disable = ['INTUNE_A'], more = '' } = options;
  const base = policyText(
    disable,
    `removal: { mode: remove, grace: 0d }\nguards: { maxReductions: { count: 25 }, maxChanges: { count: 25 } }\n`,
  );
  return `# ${script}\n${base.replace('"Trading"', `"${department}"`)}${more}`;
}

/** A cloud for stories about policies: users are brought in Trading, and guards hold what changes many. */
export function startPolicyStories(quotaFactor = 10): Promise<RolloutWorld> {
  return startRolloutWorld({ policy: tradersPolicy(), quotaFactor });
}
