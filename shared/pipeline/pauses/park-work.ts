import type { Hint } from '../../queue/messages';
import type { UserRecord } from '../../store/ports/user-store';
import { parkedScope } from '../row/parked';
import { parkedUntil } from '../row/pause-codes';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { isProbeDue, pauseInForce } from './pause-gate';

/** The same hint once more, later. It is finished, never held: the call it would occupy is for others. */
export async function parkHint(
  services: Pick<Services, 'queues' | 'clock' | 'random'>,
  task: Task,
  hint: Hint,
): Promise<void> {
  const moment = { now: services.clock.now(), chance: services.random() };
  await sendHints(services, task, [hint], parkedUntil(moment));
}

/**
 * Does the pause that this user is parked for still stop the user, and is no probe due? Asked only for the
 * scheduled message of a parked user: it is parked again then, for one read of the row, whatever the look would cost.
 */
export async function isStillPaused(
  services: Pick<Services, 'clock' | 'pauses'>,
  { state }: UserRecord,
  { retryToken }: Hint,
): Promise<boolean> {
  const scope = parkedScope(state);
  if (scope === undefined || retryToken !== state?.retry?.token) return false;
  const pause = await pauseInForce(services, [scope]);
  return pause !== undefined && !isProbeDue(services, pause, state);
}
