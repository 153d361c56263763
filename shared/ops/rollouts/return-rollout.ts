import { UserError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import type { PreviewServices } from '../preview/make-preview';
import { makePreview } from '../preview/make-preview';
import { askedBy, recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { refuseWhileMoving } from './activate-policy';
import { findApprovalReasons } from './approval-reasons';
import { findRollout } from './change-rollout';
import { openRollout } from './open-rollout';
import { toMember } from './plan-members';
import type { Rollout } from '../../words/rollout';
import { timing } from '../../kernel/timing';

/**
 * Moves the users whom a cancelled activation had moved back to the active policy, with a plan and the guards, as
 * any other rollout. @throws UserError `rollout/unknown`, `rollout/state`, `rollout/under-way`, `rollout/no-user`
 */
export async function startReturn(
  pipeline: PreviewServices & Pick<Services, 'audit' | 'newId' | 'policies' | 'rollouts'>,
  id: string,
  operator: Operator,
): Promise<Rollout> {
  const cancelled = await waitForEnd(pipeline, await findRollout(pipeline, id));
  await refuseWhileMoving(pipeline);
  const { left } = await pipeline.policies.pointer();
  const moved: UserId[] = [];
  if (left.includes(cancelled.policyHash)) {
    for await (const { userId, state } of pipeline.users.list()) {
      if (state.policyHash === cancelled.policyHash) moved.push(userId);
    }
  }
  if (moved.length === 0) {
    throw new UserError('rollout/no-user', `No user is on the policy of ${id} any more`, {
      hint: 'There is nothing to return.',
    });
  }
  pipeline.policy.refresh();
  const { policy, knownPlans } = await pipeline.policy.active();
  const digests = new Map<UserId, string>();
  const { preview: plan } = await makePreview(pipeline, {
    policy,
    knownPlans,
    selection: { kind: 'users', users: moved },
    onUser: (userId, digest) => void digests.set(userId, digest),
  });
  const lines = new Map(plan.lines.map((line) => [line.user.id, line]));
  const members = moved.map((userId) => {
    const digest = digests.get(userId);
    return toMember(userId, lines.get(userId) ?? (digest === undefined ? null : { digest, change: '' }));
  });
  const opened = await openRollout(
    pipeline,
    {
      kind: 'return',
      policyHash: policy.hash,
      planStateHash: plan.stateHash,
      approvalReasons: await findApprovalReasons(pipeline, plan, policy),
      ...askedBy(operator),
      why: operator.why ?? `return the users of ${id}`,
    },
    members,
  );
  if (opened === null) throw new UserError('rollout/state', `The return of ${id} could not be opened`);
  await recordAction(pipeline, operator, 'rollout/start', opened.id, { return: id, members: moved.length });
  return opened;
}

async function waitForEnd(
  pipeline: Pick<Services, 'clock' | 'rollouts'>,
  rollout: Rollout,
): Promise<Rollout> {
  const { id } = rollout;
  if (rollout.kind !== 'activation' || rollout.state !== 'cancelled') {
    throw new UserError(
      'rollout/state',
      `${id} is not a cancelled activation; only the users of one can be returned`,
      { hint: 'To go back to an earlier policy, activate it: `licenser policy activate FILE`.' },
    );
  }
  let current = rollout;
  for (const until = pipeline.clock.now() + timing.ops.rolloutEnd.ms; current.endedAt === null;) {
    if (pipeline.clock.now() >= until) {
      throw new UserError('rollout/state', `${id} is still being stopped`, {
        hint: 'Try again when `licenser rollout show` says that it has ended.',
      });
    }
    await pipeline.clock.sleep(timing.ops.rolloutEndPoll.ms);
    current = await findRollout(pipeline, id);
  }
  return current;
}
