import type { Hint } from '../../queue/messages';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { scheduleReconcile } from '../row/schedule-reconcile';
import { withRetry } from '../row/user-state';
import { isTrialDue, parkedScope, pauseInForce, pausedCode, refusedCode } from './pause-gate';
import type { Pause } from '../../words/pause';
import type { Reason } from '../../words/reason';
import type { TimelineEntry } from '../../words/timeline';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';

/** Parked work comes back after this long, and a few seconds more, so that it does not come all at once. */
export const parkMs = 30_000;
const spreadMs = 5_000;

export function parkedUntil({ clock, random }: Pick<Services, 'clock' | 'random'>): number {
  return clock.now() + parkMs + Math.round(spreadMs * random());
}

/** The same hint once more, later. It is finished, never held: the call it would occupy is for others. */
export async function parkHint(
  services: Pick<Services, 'queues' | 'clock' | 'random'>,
  task: Task,
  hint: Hint,
): Promise<void> {
  await sendHints(services, task, [hint], parkedUntil(services));
}

/** A look is scheduled and the row says why; a later park of the same user replaces it. */
export async function parkUser(
  services: Services,
  task: Task,
  record: UserRecord,
  change: {
    readonly state: UserState;
    readonly why: Reason;
    readonly timeline?: readonly TimelineEntry[];
  },
): Promise<void> {
  const { state, why, timeline = [] } = change;
  const at = parkedUntil(services);
  const retry = await scheduleReconcile(services, task, record.userId, state, 'paused', why, { at });
  await services.users.commit(record, { state: withRetry(state, retry), timeline });
}

/** A user whom Graph refused for this very reason stays known as such, whoever set the pause. */
export function whyPaused(pause: Pause, state: UserState | null): Reason {
  const refused = state?.retry?.why;
  if (refused?.code === refusedCode(pause.scope)) return refused;
  const by = pause.origin === 'operator' ? `${pause.by} paused it` : 'the product paused it';
  return { code: pausedCode(pause.scope), text: `Paused (${pause.scope}): ${pause.reason} (${by})` };
}

/** Even a parked user is looked at in full every so often: the user and the policy may have changed meanwhile. */
const fullLookMs = 5 * 60_000;

/**
 * The scheduled look of a parked user whose pause is still in force, and not to be tried yet: it is parked again, for
 * one read of the row and one message, whatever the look at the user would cost. True: done.
 */
export async function staysParked(
  services: Services,
  task: Task,
  record: UserRecord,
  hint: Hint,
): Promise<boolean> {
  const scope = parkedScope(record.state);
  const retry = record.state?.retry;
  if (scope === undefined || !retry || hint.retryToken !== retry.token) return false;
  if (services.clock.now() - retry.at >= fullLookMs) return false;
  const pause = await pauseInForce(services, [scope]);
  if (pause === undefined || isTrialDue(services, pause, record.state)) return false;
  await parkHint(services, task, hint);
  return true;
}
