import { UserError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';
import type { PreviewServices } from '../preview/make-preview';
import type { Operator } from '../audit/operator';
import { approveRollout } from './change-rollout';
import type { Rollout } from '../../words/rollout';

/**
 * Approves what the guards have collected so far; what they hold back from now on collects anew.
 * @throws UserError `rollout/no-user`, and those of approveRollout
 */
export async function startHeldRollout(
  pipeline: PreviewServices & Pick<Services, 'audit' | 'policies' | 'rollouts'>,
  operator: Operator & { readonly why: string },
): Promise<Rollout> {
  const open = (await pipeline.rollouts.list()).find(
    ({ kind, state }) => kind === 'held' && state === 'collecting',
  );
  if (open === undefined) {
    throw new UserError('rollout/no-user', 'No guard holds anything back', {
      hint: 'There is nothing to start.',
    });
  }
  return approveRollout(pipeline, open.id, operator);
}
