import type { PolicyHash } from '../../../shared/kernel/ids';
import { toMember } from '../../../shared/ops/rollouts/plan-members';
import { compilePolicy } from '../../../shared/pipeline/sources/policy-file';
import { tiedToTenant } from '../../../shared/pipeline/sources/policy-library';
import { userId } from '../pipeline-world';
import type { makePipelineWorld } from '../pipeline-world';
import type { Rollout } from '../../../shared/words/rollout';

type World = ReturnType<typeof makePipelineWorld>;

/** Stores a policy that no user follows yet. */
export async function storePolicy(t: World, text: string): Promise<PolicyHash> {
  const { policies, catalogue, directory, clock } = t.pipeline;
  const policy = compilePolicy(text, 'next');
  const tied = await tiedToTenant(policy, (await catalogue.read()).catalogue, directory);
  await policies.add({ hash: policy.hash, text, storedAt: clock.now(), by: 'ada', ...tied });
  return policy.hash;
}

/** Another process makes this the active policy; processes know of it 5 s later. */
export async function activatePolicy(t: World, text: string): Promise<void> {
  const { policies } = t.pipeline;
  const active = await storePolicy(t, text);
  const from = await policies.pointer();
  await policies.movePointer(from, { ...from, active });
  t.advance(6_000);
}

/** A running rollout `r`, with the world's user as its member or without any. */
export async function startRollout(
  t: World,
  { kind, policyHash, isMember }: Pick<Rollout, 'kind' | 'policyHash'> & { readonly isMember: boolean },
): Promise<Rollout> {
  const { rollouts } = t.pipeline;
  const rollout = await rollouts.create({
    id: 'r',
    kind,
    state: 'running',
    policyHash,
    planStateHash: null,
    by: 'ann',
    why: 'test',
    createdAt: t.now(),
    approvedBy: 'ann',
    startedAt: t.now(),
    endedAt: null,
    approvalReasons: [],
    members: isMember ? 1 : 0,
  });
  if (isMember) await rollouts.addMembers('r', [toMember(userId, null)]);
  return rollout;
}
