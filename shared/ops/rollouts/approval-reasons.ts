import type { UserId } from '../../kernel/ids';
import { findExcess } from '../../licensing/guards/guards';
import type { Preview } from '../../licensing/preview/preview';
import type { Services } from '../../pipeline/services';
import type { Limit, Policy } from '../../policy/policy';
import type { Reason } from '../../words/reason';

/**
 * Why a person must approve a plan before it runs: it alone would exceed what the guards of its policy, or of the
 * `active` one, allow in a rollout, or it loosens a guard. A candidate cannot excuse itself from a second person. Licenses that only begin their grace count as lost: there is no second approval when they end.
 */
export async function findApprovalReasons(
  pipeline: Pick<Services, 'users'>,
  plan: Preview,
  policy: Policy,
  active: Policy = policy,
): Promise<readonly Reason[]> {
  const { usersWithLedger, changes } = plan.guards;
  const ending = await findNewGrace(pipeline, plan);
  const reductions = plan.guards.reductions + ending;
  const reasons: Reason[] = [];
  const excess = (which: 'maxReductions' | 'maxChanges', count: number) =>
    findExcess(policy.guards[which], count, usersWithLedger) ??
    findExcess(active.guards[which], count, usersWithLedger);
  const lost = excess('maxReductions', reductions);
  if (lost !== null) {
    reasons.push({
      code: 'guard/reductions',
      text: `${reductions} users would lose something, and the guard allows ${lost} in a rollout.`,
    });
  }
  const changed = excess('maxChanges', changes);
  if (changed !== null) {
    reasons.push({
      code: 'guard/changes',
      text: `${changes} users who hold something would change, and the guard allows ${changed} in a rollout.`,
    });
  }
  if (isLoosened(active.guards.maxReductions, policy.guards.maxReductions)) {
    reasons.push(loosened('maxReductions'));
  }
  if (isLoosened(active.guards.maxChanges, policy.guards.maxChanges)) reasons.push(loosened('maxChanges'));
  return reasons;
}

/** A policy that is activated, or would be. */
export type Activation = {
  readonly plan: Preview;
  readonly policy: Policy;
  readonly active: Policy;
  /** Names that mean something else than in the active policy, a sentence each. */
  readonly moved: readonly string[];
};

/** Why another person must approve an activation before it runs; empty: it runs at once. */
export async function whyActivationWaits(
  pipeline: Pick<Services, 'settings' | 'users'>,
  { plan, policy, active, moved }: Activation,
): Promise<readonly Reason[]> {
  return [
    ...alwaysReason(pipeline),
    ...movedReason(moved),
    ...(await findApprovalReasons(pipeline, plan, policy, active)),
  ];
}

/** A person sees first whom it moves that a name means something else now than in the active policy. */
function movedReason(moved: readonly string[]): readonly Reason[] {
  if (moved.length === 0) return [];
  const text = `Names stand for something else than in the active policy: ${moved.join('; ')}.`;
  return [{ code: 'approval/names', text }];
}

function alwaysReason({ settings }: Pick<Services, 'settings'>): readonly Reason[] {
  if (settings.approval !== 'always') return [];
  return [{ code: 'approval/always', text: 'Every activation is approved by another person here.' }];
}

/** A guard that is dropped, or allows more than before. */
function isLoosened(before: Limit | null, after: Limit | null): boolean {
  if (before === null) return false;
  if (after === null) return true;
  // What a person says takes the place of what no person chose.
  if (before.isDefault) return false;
  if (after.isDefault) return true;
  const allowsMore = (from: number | undefined, to: number | undefined) =>
    (to ?? Infinity) > (from ?? Infinity);
  return allowsMore(before.count, after.count) || allowsMore(before.percent, after.percent);
}

function loosened(guard: 'maxReductions' | 'maxChanges'): Reason {
  return {
    code: 'guard/loosened',
    text: `The guard ${guard} of the active policy is dropped or allows more.`,
  };
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
