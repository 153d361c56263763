import { ConcurrencyError } from '../../kernel/errors';
import type { Services } from '../services';
import type { PolicyPointer } from '../../words/policy-version';
import type { Rollout } from '../../words/rollout';

type Pointed = Omit<PolicyPointer, 'etag'>;

type Mover = Pick<Rollout, 'id' | 'policyHash'>;

/**
 * The candidate waits for approval; refused (null) while another rollout has one under way, be it of the same
 * policy: whichever of the two ended first would take the candidate away from the other.
 */
export function claimCandidate(pointer: Pointed, rollout: Mover): Pointed | null {
  if (isOf(pointer, rollout)) return pointer;
  if (pointer.candidate !== null) return null;
  return {
    ...pointer,
    candidate: rollout.policyHash,
    candidateOf: rollout.id,
    isCandidateApproved: false,
  };
}

/** From now on joiners get it. */
export function approveCandidate(pointer: Pointed, rollout: Mover): Pointed | null {
  return isOf(pointer, rollout) ? { ...pointer, isCandidateApproved: true } : null;
}

/** Everybody has been moved: also those whom earlier activations had left behind, as the plan was about all. */
export function completeCandidate(pointer: Pointed, rollout: Mover): Pointed | null {
  if (!isOf(pointer, rollout)) return null;
  return { active: rollout.policyHash, candidate: null, isCandidateApproved: false, left: [] };
}

/** The activation was cancelled: users who were moved already stay where they are until a return moves them. */
export function leaveCandidate(pointer: Pointed, rollout: Mover): Pointed | null {
  if (!isOf(pointer, rollout)) return null;
  const left = [...new Set([...pointer.left, rollout.policyHash])];
  return { active: pointer.active, candidate: null, isCandidateApproved: false, left };
}

function isOf({ candidate, candidateOf }: Pointed, { id, policyHash }: Mover): boolean {
  return candidate === policyHash && (candidateOf === undefined || candidateOf === id);
}

/** Moves the pointer, again whenever another writer was faster. False: the move says that there is nothing to do. */
export async function movePointer(
  { policies, policy }: Pick<Services, 'policies' | 'policy'>,
  move: (pointer: Pointed) => Pointed | null,
): Promise<boolean> {
  for (;;) {
    const pointer = await policies.pointer();
    const next = move(pointer);
    if (next === null) return false;
    if (next === pointer) return true;
    try {
      await policies.movePointer(pointer, next);
      policy.refresh();
      return true;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}
