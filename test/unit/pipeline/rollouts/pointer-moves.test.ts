import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import {
  approveCandidate,
  claimCandidate,
  completeCandidate,
  leaveCandidate,
} from '../../../../shared/pipeline/rollouts/pointer-moves';

const hash = (letter: string) => letter.repeat(64) as PolicyHash;
const first = { id: 'activation-1', policyHash: hash('b') };
const second = { id: 'activation-2', policyHash: hash('b') };
const idle = { active: hash('a'), candidate: null, isCandidateApproved: false, left: [] };
const claimed = { ...idle, candidate: hash('b'), candidateOf: 'activation-1' };

describe('the policy pointer', () => {
  it('is claimed by one rollout, which may claim it again after a crash', () => {
    expect(claimCandidate(idle, first)).toEqual(claimed);
    expect(claimCandidate(claimed, first)).toBe(claimed);
  });

  it.each([
    ['claimed', claimCandidate],
    ['approved', approveCandidate],
    ['completed', completeCandidate],
    ['left', leaveCandidate],
  ])('is not %s by another rollout of the same policy', (_, move) => {
    expect(move(claimed, second)).toBeNull();
  });

  it('is free again, whether its rollout was completed or left', () => {
    const completed = completeCandidate(claimed, first);
    const left = leaveCandidate(claimed, first);

    expect(completed).toEqual({ ...idle, active: hash('b') });
    expect(left).toEqual({ ...idle, left: [hash('b')] });
    expect(left === null ? null : claimCandidate(left, second)).toMatchObject({
      candidateOf: 'activation-2',
    });
  });

  it('of before it said whose it is belongs to the rollout of its policy', () => {
    const old = { ...idle, candidate: hash('b') };

    expect(approveCandidate(old, first)).toEqual({ ...old, isCandidateApproved: true });
    expect(approveCandidate(old, { ...first, policyHash: hash('c') })).toBeNull();
  });
});
