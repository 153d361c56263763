import type { UserId } from '../../kernel/ids';
import { findExcess } from '../../licensing/guards/guards';
import type { Preview } from '../../licensing/preview/preview';
import type { Services } from '../../pipeline/services';
import type { Policy } from '../../policy/policy';
import type { Reason } from '../../words/reason';

/**
 * Why a person must approve a plan before it runs: it alone would exceed what the guards of its policy allow in a
 * rollout. Licenses that only begin their grace count as lost: there is no second approval when they end.
 */
export async function findApprovalReasons(
  pipeline: Pick<Services, 'users'>,
  plan: Preview,
  policy: Policy,
): Promise<readonly Reason[]> {
  const { usersWithLedger, changes } = plan.guards;
  const ending = await findNewGrace(pipeline, plan);
  const reductions = plan.guards.reductions + ending;
  const { maxReductions, maxChanges } = policy.guards;
  const reasons: Reason[] = [];
  const lost = findExcess(maxReductions, reductions, usersWithLedger);
  if (lost !== null) {
    reasons.push({
      code: 'guard/reductions',
      text: `${reductions} users would lose something, and the guard allows ${lost} in a rollout.`,
    });
  }
  const changed = findExcess(maxChanges, changes, usersWithLedger);
  if (changed !== null) {
    reasons.push({
      code: 'guard/changes',
      text: `${changes} users who hold something would change, and the guard allows ${changed} in a rollout.`,
    });
  }
  return reasons;
}

/** Users for whom the plan begins a grace, beside those whose grace runs already. */
async function findNewGrace({ users }: Pick<Services, 'users'>, plan: Preview): Promise<number> {
  const ending = new Set<UserId>(
    plan.lines
      .filter((line) => !line.reduction && line.reasons.some(({ code }) => code === 'removal/grace'))
      .map((line) => line.user.id),
  );
  if (ending.size === 0) return 0;
  for await (const { userId, state } of users.list()) {
    const inGrace = ({ reason }: { reason: { code: string } }) => reason.code === 'removal/grace';
    if (state.skus.some(inGrace)) ending.delete(userId);
  }
  return ending.size;
}
