import type { Services } from '../services';
import type { Rollout } from '../../words/rollout';

/** A replay was cancelled: what it was to look at again, and did not, is on the list of failures again. */
export async function reopenFailures(
  { rollouts, failures }: Pick<Services, 'rollouts' | 'failures'>,
  { id, createdAt }: Rollout,
): Promise<void> {
  for await (const { userId } of rollouts.members(id, 'dropped')) {
    for (const failure of await failures.ofSubject(userId)) {
      const isByThis = failure.state === 'replayed' && (failure.settledBy?.at ?? -1) >= createdAt;
      if (isByThis) await failures.restore(failure);
    }
  }
}
