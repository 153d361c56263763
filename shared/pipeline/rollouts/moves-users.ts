import type { PolicyHash } from '../../kernel/ids';
import type { Rollout } from '../../words/rollout';

/** Its members go over to its policy; those of other rollouts are decided by the policy that is theirs. */
export function movesUsers({ kind }: Pick<Rollout, 'kind'>): boolean {
  return kind === 'activation' || kind === 'return';
}

/** The policy that a running rollout decides its members by; undefined: theirs. */
export function policyOfRollout(rollout: Rollout | null): PolicyHash | undefined {
  return rollout !== null && movesUsers(rollout) ? rollout.policyHash : undefined;
}
