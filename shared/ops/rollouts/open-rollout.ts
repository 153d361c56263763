import type { Services } from '../../pipeline/services';
import { approveCandidate, claimCandidate, movePointer } from '../../pipeline/rollouts/pointer-moves';
import type { Operator } from '../audit/operator';
import type { Rollout, RolloutMember } from '../../words/rollout';

/** What claiming and running one uses. */
type RunServices = Pick<Services, 'clock' | 'policies' | 'policy' | 'rollouts'>;

/** What opening a rollout uses. */
type OpenServices = RunServices & Pick<Services, 'newId'>;

export type NewRollout = Pick<
  Rollout,
  'kind' | 'policyHash' | 'planStateHash' | 'approvalReasons' | 'by' | 'byId' | 'why'
>;

/**
 * Members first, then the rollout, which awaits; then whatever it must claim; then it runs, unless it asks for
 * approval. A crash in between leaves nothing that runs by itself. null: the claim was refused, and it is cancelled.
 */
export async function openRollout(
  pipeline: OpenServices,
  rollout: NewRollout,
  members: readonly RolloutMember[],
): Promise<Rollout | null> {
  const { rollouts, clock } = pipeline;
  const id = rolloutId(pipeline, rollout.kind);
  await rollouts.addMembers(id, members);
  const created = await rollouts.create({
    ...rollout,
    id,
    state: 'awaiting',
    createdAt: clock.now(),
    approvedBy: null,
    startedAt: null,
    endedAt: null,
    members: members.length,
  });
  return claimAndRun(pipeline, created, (made) => claimOf(pipeline, made));
}

async function claimAndRun(
  pipeline: RunServices,
  created: Rollout,
  claim: (rollout: Rollout) => Promise<boolean>,
): Promise<Rollout | null> {
  if (!(await claim(created))) {
    const now = pipeline.clock.now();
    await pipeline.rollouts.update(created, { state: 'cancelled', cancelledAt: now, endedAt: now });
    return null;
  }
  return created.approvalReasons.length > 0 ? created : runRollout(pipeline, created, null);
}

/**
 * The rollout that an earlier attempt of the same operation opened: its process may have ended before the claim, or
 * before it ran, so that is done now. undefined: there is none. null: the claim was refused.
 */
export async function findOpened(
  pipeline: OpenServices,
  kind: Rollout['kind'],
  { by, byId }: Operator,
): Promise<Rollout | null | undefined> {
  const opened = await pipeline.rollouts.read(rolloutId(pipeline, kind));
  // Another person's of the same id is not this operation's: opening one fails, and nothing of theirs is touched.
  if (opened === undefined || opened.by !== by || opened.byId !== byId) return undefined;
  if (opened.state === 'cancelled' && opened.startedAt === null) return null;
  if (opened.state !== 'awaiting') return opened;
  return claimAndRun(pipeline, opened, (rollout) => claimOf(pipeline, rollout));
}

/** Of two activations that come at once, one becomes the candidate. Other kinds claim nothing. */
export async function claimOf(
  pipeline: Pick<Services, 'policies' | 'policy'>,
  rollout: Rollout,
): Promise<boolean> {
  if (rollout.kind !== 'activation') return true;
  return movePointer(pipeline, (from) => claimCandidate(from, rollout));
}

/** 48 bits: of 10,000 rollouts two have the same id once in five million times. */
const idDigits = 12;

/** An operation gives the same id at every attempt. */
function rolloutId({ newId }: Pick<Services, 'newId'>, kind: Rollout['kind']): string {
  return `${kind}-${newId().replaceAll('-', '').slice(0, idDigits)}`;
}

/** Joiners get its policy from now on, and its members are fed. `approver` null: no approval was needed. */
export async function runRollout(
  pipeline: RunServices,
  rollout: Rollout,
  approver: Operator | null,
): Promise<Rollout> {
  if (rollout.kind === 'activation') {
    await movePointer(pipeline, (pointer) => approveCandidate(pointer, rollout));
  }
  return pipeline.rollouts.update(rollout, {
    state: 'running',
    approvedBy: approver?.by ?? null,
    ...(approver?.byId === undefined ? {} : { approvedById: approver.byId }),
    startedAt: rollout.startedAt ?? pipeline.clock.now(),
  });
}
