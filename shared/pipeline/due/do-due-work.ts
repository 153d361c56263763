import { ConcurrencyError, UserError, ensureError } from '../../kernel/errors';
import type { Work } from '../../queue/due-work';
import { followGroups } from '../intake/follow-changes';
import { keepSubscription } from '../intake/keep-subscription';
import { walkCensus } from '../census/walk-census';
import { feedRollouts } from '../rollouts/feed-rollouts';
import { drainWaiting } from '../seats/drain-waiting';
import type { Services } from '../services';
import type { Task } from '../task';
import { withLease } from '../with-lease';
import { wakeLease } from './wake-due-work';

const doers: Readonly<Record<Work, (services: Services, task: Task) => Promise<void>>> = {
  rollouts: feedRollouts,
  'waiting-list': drainWaiting,
  'census-walk': walkCensus,
  'graph-subscription': keepSubscription,
  'group-changes': followGroups,
};

/**
 * Does what a message of `wakeDueWork` asks for, and lets the next message be sent. The message is not delivered
 * again when the work fails: while it is due another message comes within seconds. The alert `due-work` counts the line.
 */
export async function doDueWork(
  services: Services,
  task: Task,
  { work, holder }: { readonly work: Work; readonly holder: string },
): Promise<void> {
  const { logger } = task;
  await withLease(services, task, { name: wakeLease(work), holder }, async () => {
    try {
      await doers[work](services, task);
    } catch (thrown) {
      if (thrown instanceof ConcurrencyError) logger.info('Another instance is doing this round');
      else if (thrown instanceof UserError) {
        logger.error('Not possible until it is fixed', { work, error: thrown, hint: thrown.hint });
      } else logger.error('Work that was due failed', { work, error: ensureError(thrown) });
    }
  });
}
