import type { UserId } from '../../kernel/ids';
import type { Services } from '../services';
import type { Task } from '../task';
import { giveUpOnUser } from './give-up-on-user';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';

/** Handling that ended its process so often is not begun again. */
export const mostStarts = 3;
const crashCode = 'crash/handling';

/**
 * Handles one user's message so that a user whose handling ends the process is found out: the broker does not count
 * the deliveries of sessions whose process died, so the message would come back for ever, and take everybody with it
 * who is handled at the same time. While processes are dying, and only then, each handling is noted before it begins
 * and struck out when it ends. Who was begun with and not ended is a suspect, as are the others of that moment; suspects
 * are handled one at a time, so that the next death names one. After three the user is a failure.
 */
export async function handleCarefully(
  services: Services,
  task: Task,
  userOf: () => UserId | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const { crashWatch, handling, clock } = services;
  if (!(await crashWatch.isCareful())) return work();
  const userId = userOf();
  if (userId === undefined) return work();
  const noted = async () => {
    await handling.begin(userId, clock.now());
    try {
      await work();
    } finally {
      await handling.finish(userId);
    }
  };
  const starts = await handling.unfinished(userId);
  if (starts === 0) return noted();
  if (starts < mostStarts) return crashWatch.alone(noted);
  await giveUpOn(services, task, userId, starts);
}

/** Nobody looks at this user again before a person says so. */
export function hasEndedProcesses(state: UserState | null): boolean {
  return state?.outcome === 'failed' && state.reasons[0]?.code === crashCode;
}

async function giveUpOn(services: Services, task: Task, userId: UserId, starts: number): Promise<void> {
  const reason: Reason = {
    code: crashCode,
    text: `Handling this user ended the app's process ${starts} times.`,
  };
  await giveUpOnUser(services, task, userId, 'crash', reason, hasEndedProcesses);
  await services.handling.finish(userId);
}
