import { UserError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import type { PreviewServices } from '../preview/make-preview';
import { makePreview } from '../preview/make-preview';
import { askedBy, recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { findApprovalReasons } from './approval-reasons';
import { openRollout } from './open-rollout';
import { toMember } from './plan-members';
import type { Rollout } from '../../words/rollout';

/**
 * Sets right what the active policy finds wrong in the tenant today: users without an outcome, and users for whom
 * something would be written. Each is looked at afresh, by the policy that is theirs.
 * @throws UserError `rollout/no-user`
 */
export async function startCensusRollout(
  pipeline: PreviewServices & Pick<Services, 'audit' | 'newId' | 'policies' | 'rollouts'>,
  operator: Operator,
): Promise<Rollout> {
  const { policy, knownPlans } = await pipeline.policy.active();
  const found = new Set<UserId>();
  const { preview: plan } = await makePreview(pipeline, {
    policy,
    knownPlans,
    selection: { kind: 'all' },
    onUser: (userId) => void found.add(userId),
  });
  for await (const { userId, state } of pipeline.users.list()) {
    if (state.outcome !== null) found.delete(userId);
  }
  for (const line of plan.lines) if (line.change !== '') found.add(line.user.id);
  if (found.size === 0) {
    throw new UserError('rollout/no-user', 'Every user is as the policy says, and has an outcome', {
      hint: 'There is nothing to roll out.',
    });
  }
  const opened = await openRollout(
    pipeline,
    {
      kind: 'census',
      policyHash: policy.hash,
      planStateHash: null,
      approvalReasons: await findApprovalReasons(pipeline, plan, policy),
      ...askedBy(operator),
      why: operator.why ?? 'what a census finds',
    },
    [...found].map((userId) => toMember(userId, null)),
  );
  if (opened === null) throw new UserError('rollout/state', 'The rollout could not be opened');
  await recordAction(pipeline, operator, 'rollout/start', opened.id, { census: true, members: found.size });
  return opened;
}
