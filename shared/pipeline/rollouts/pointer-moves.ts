import { ConcurrencyError } from '../../kernel/errors';
import type { PolicyHash } from '../../kernel/ids';
import type { PolicyPointer } from '../../store/policy-store';
import type { Pipeline } from '../dependencies';

type Pointed = Omit<PolicyPointer, 'etag'>;

/** The candidate waits for approval; refused (null) while another one is under way. */
export function claimCandidate(pointer: Pointed, hash: PolicyHash): Pointed | null {
  if (pointer.candidate === hash) return pointer;
  return pointer.candidate === null ? { ...pointer, candidate: hash, isCandidateApproved: false } : null;
}

/** From now on joiners get it. */
export function approveCandidate(pointer: Pointed, hash: PolicyHash): Pointed | null {
  return pointer.candidate === hash ? { ...pointer, isCandidateApproved: true } : null;
}

/** Everybody has been moved: also those whom earlier activations had left behind, as the plan was about all. */
export function completeCandidate(pointer: Pointed, hash: PolicyHash): Pointed | null {
  if (pointer.candidate !== hash) return null;
  return { active: hash, candidate: null, isCandidateApproved: false, left: [] };
}

/** The activation was cancelled: whoever was moved already stays where they are until somebody moves them. */
export function leaveCandidate(pointer: Pointed, hash: PolicyHash): Pointed | null {
  if (pointer.candidate !== hash) return null;
  const left = [...new Set([...pointer.left, hash])];
  return { ...pointer, candidate: null, isCandidateApproved: false, left };
}

/** Moves the pointer, again whenever somebody else was faster. False: the move says that there is nothing to do. */
export async function movePointer(
  { policies, policy }: Pick<Pipeline, 'policies' | 'policy'>,
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
