import { ensureError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { DueWork, Work } from '../../queue/due-work';
import type { Services } from '../services';
import type { Task } from '../task';
import { giveBack } from '../with-lease';
import { isDue } from './find-due-work';
import type { DueServices } from './find-due-work';

/** Sends the message on which `work` is done; `holder` is who holds its lease until then. */
export type SendWake = (work: DueWork, holder: string) => Promise<void>;

export type WakeServices = DueServices & Pick<Services, 'leases' | 'newId'>;

const { wakeLost, censusWakeLost } = timing.intake;
const lostMs: Readonly<Record<DueWork, number>> = {
  rollouts: wakeLost.ms,
  'waiting-list': wakeLost.ms,
  'census-walk': censusWakeLost.ms,
  'graph-subscription': wakeLost.ms,
};

/** The lease of a message that is on its way, or of the run that it began. */
export const wakeLease = (work: Work) => `wake-${work}`;

/**
 * Has done what is due of `works`: one message each, and no second one before the first is done with, or lost. The
 * work itself runs in a function of its own, so that following changes never waits for it. What cannot be asked or
 * sent now is tried at the next call; the function's own schedule is the last resort.
 */
export async function wakeDueWork(
  services: WakeServices,
  task: Pick<Task, 'logger'>,
  works: readonly DueWork[],
  send: SendWake,
): Promise<void> {
  const { leases } = services;
  const { logger } = task;
  for (const work of works) {
    try {
      if (!(await isDue(services, work))) continue;
      const holder = services.newId();
      if (!(await leases.take(wakeLease(work), holder, lostMs[work]))) continue;
      try {
        await send(work, holder);
      } catch (error) {
        await giveBack(services, task, { name: wakeLease(work), holder });
        throw error;
      }
    } catch (thrown) {
      logger.warn('Work that is due was not started; it is tried again', {
        work,
        error: ensureError(thrown),
      });
    }
  }
}

/**
 * The timer's own work, and meanwhile what is due, every `timing.intake.dueLook`: a round that takes minutes (every user
 * is looked at again) must not keep a rollout waiting.
 * @throws what `own` throws
 */
export async function wakeWhile(
  { clock }: Pick<Services, 'clock'>,
  own: () => Promise<void>,
  wake: () => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const owns = own().finally(() => ended.abort());
  // Its failure is thrown at the end, not while what is due is asked for.
  owns.catch(() => undefined);
  do {
    await wake();
    if (ended.signal.aborted) break;
    await Promise.race([
      owns.catch(() => undefined),
      clock.sleep(timing.intake.dueLook.ms, ended.signal).catch(() => undefined),
    ]);
  } while (!ended.signal.aborted);
  await owns;
}
