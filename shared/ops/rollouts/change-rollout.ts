import { ConcurrencyError, UserError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import type { PreviewServices } from '../preview/make-preview';
import { settlePointer } from '../../pipeline/rollouts/finish-rollout';
import { claimCandidate, movePointer } from '../../pipeline/rollouts/pointer-moves';
import { makePreview } from '../preview/make-preview';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { runRollout } from './open-rollout';
import { findMoved } from './plan-members';
import type { Rollout, RolloutMember, RolloutState } from '../../words/rollout';

/** What a change of a rollout’s state uses. */
type ChangeServices = Pick<Services, 'audit' | 'clock' | 'rollouts' | 'settings'>;

/** @throws UserError `rollout/unknown` */
export async function findRollout({ rollouts }: Pick<Services, 'rollouts'>, id: string): Promise<Rollout> {
  const found = await rollouts.read(id);
  if (found !== undefined) return found;
  throw unknownRollout(id);
}

/** The error of a rollout that is not there. */
export function unknownRollout(id: string): UserError {
  return new UserError('rollout/unknown', `There is no rollout ${id}`, {
    hint: 'List them with `licenser rollout list`.',
  });
}

/**
 * Its queued messages are finished without a write, and its members are fed again when it goes on.
 * @throws UserError `rollout/unknown`, `rollout/state`
 */
export function pauseRollout(pipeline: ChangeServices, id: string, operator: Operator): Promise<Rollout> {
  return change(pipeline, id, operator, 'pause', ['running'], (rollout) =>
    pipeline.rollouts.update(rollout, { state: 'paused' }),
  );
}

/** Its members are fed again. @throws UserError `rollout/unknown`, `rollout/state` */
export function resumeRollout(pipeline: ChangeServices, id: string, operator: Operator): Promise<Rollout> {
  return change(pipeline, id, operator, 'resume', ['paused'], (rollout) =>
    pipeline.rollouts.update(rollout, { state: 'running' }),
  );
}

/**
 * What has been written stays; nothing more is written. The active policy stays the active one.
 * @throws UserError `rollout/unknown`, `rollout/state`
 */
export function cancelRollout(
  pipeline: Pick<Services, 'audit' | 'clock' | 'policies' | 'policy' | 'rollouts' | 'settings' | 'users'>,
  id: string,
  operator: Operator,
): Promise<Rollout> {
  const from = ['collecting', 'awaiting', 'running', 'paused'] as const;
  return change(pipeline, id, operator, 'cancel', from, async (rollout) => {
    const cancelled = await pipeline.rollouts.update(rollout, {
      state: 'cancelled',
      cancelledAt: pipeline.clock.now(),
    });
    await settlePointer(pipeline, cancelled);
    return cancelled;
  });
}

/**
 * Lets a rollout run that awaits it, or the changes that guards have collected. A plan is made anew first: what
 * was looked at must still be what would be written.
 * Another person must do it than the one who asked for the rollout, except in the mode `one-person`.
 * @throws UserError `rollout/unknown`, `rollout/state`, `rollout/own`, `rollout/stale`, `rollout/under-way`
 */
export function approveRollout(
  pipeline: PreviewServices & Pick<Services, 'audit' | 'policies' | 'rollouts'>,
  id: string,
  operator: Operator & { readonly why: string },
): Promise<Rollout> {
  return change(pipeline, id, operator, 'approve', ['collecting', 'awaiting'], async (rollout) => {
    refuseOwn(pipeline, rollout, operator);
    await refuseStale(pipeline, rollout);
    if (rollout.kind === 'activation') {
      const isOurs = await movePointer(pipeline, (from) => claimCandidate(from, rollout));
      if (!isOurs) {
        throw new UserError('rollout/under-way', 'Another policy is being activated', {
          hint: 'Wait until it is done, or cancel it: `licenser rollout list`.',
        });
      }
    }
    return runRollout(pipeline, rollout, operator);
  });
}

/** Refuses a rollout that cannot be approved by this operator now, without planning anew. @throws as approveRollout */
export async function checkApproval(
  pipeline: Pick<Services, 'rollouts' | 'settings'>,
  id: string,
  operator: Operator,
): Promise<void> {
  const rollout = await findRollout(pipeline, id);
  refuseState(rollout, 'approve', ['collecting', 'awaiting']);
  refuseOwn(pipeline, rollout, operator);
}

/** People are told apart by their object id; where there is none (the product without sign-in), by their name. */
function refuseOwn(
  { settings }: Pick<Services, 'settings'>,
  { id, by, byId }: Rollout,
  operator: Operator,
): void {
  if (settings.approval === 'one-person') return;
  const isOwn = byId === undefined ? by === operator.by : byId === operator.byId;
  if (!isOwn) return;
  const why = by === 'guards' ? 'holds changes of a policy that you activated' : `was asked for by ${by}`;
  throw new UserError('rollout/own', `${id} ${why}: another person must approve it`, {
    hint: 'Ask a colleague with the role Approver. Teams of one set LICENSER_APPROVAL=one-person.',
  });
}

async function refuseStale(
  pipeline: PreviewServices & Pick<Services, 'rollouts'>,
  rollout: Rollout,
): Promise<void> {
  if (rollout.planStateHash === null) return;
  const { policy, knownPlans } = await pipeline.policy.byHash(rollout.policyHash);
  const members = new Map<UserId, RolloutMember>();
  for await (const member of pipeline.rollouts.members(rollout.id)) members.set(member.userId, member);
  const users = rollout.kind === 'return' ? [...members.keys()] : null;
  const { preview: plan } = await makePreview(pipeline, {
    policy,
    knownPlans,
    selection: users === null ? { kind: 'all' } : { kind: 'users', users },
  });
  if (plan.stateHash === rollout.planStateHash) return;
  const moved = findMoved(members, plan);
  if (moved.length === 0) return;
  const names = moved.slice(0, 10).map(({ userId, userPrincipalName }) => userPrincipalName ?? userId);
  const rest = moved.length > names.length ? `, and ${moved.length - names.length} more` : '';
  throw new UserError(
    'rollout/stale',
    `The plan of ${rollout.id} no longer holds: something else would be written now for ${names.join(', ')}${rest}`,
    {
      hint: 'Cancel it, and start it anew to see what would happen now.',
      details: { moved },
    },
  );
}

function refuseState({ id, state }: Rollout, action: string, from: readonly RolloutState[]): void {
  if (from.includes(state)) return;
  throw new UserError(
    'rollout/state',
    `Rollout ${id} is ${state}; only one that is ${from.join(' or ')} can be asked to ${action}`,
    { hint: `Look at it with \`licenser rollout show ${id}\`.` },
  );
}

async function change(
  pipeline: ChangeServices,
  id: string,
  operator: Operator,
  action: string,
  from: readonly RolloutState[],
  work: (rollout: Rollout) => Promise<Rollout>,
): Promise<Rollout> {
  for (;;) {
    const rollout = await findRollout(pipeline, id);
    refuseState(rollout, action, from);
    try {
      const changed = await work(rollout);
      await recordAction(pipeline, operator, `rollout/${action}`, id, {
        from: rollout.state,
        ...(action === 'approve' && pipeline.settings.approval === 'one-person'
          ? { mode: 'one-person' }
          : {}),
      });
      return changed;
    } catch (error) {
      // The feeder or another operator was faster: read again, and check what may be done now.
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}
