import type { UserId } from '../../kernel/ids';
import type { Reason } from '../../words/reason';
import { timing } from '../../kernel/timing';
import type { HandlingNote } from '../../store/ports/handling-store';
import type { Services } from '../services';
import type { PerformServices } from '../perform';
import type { Task } from '../task';
import { crashCode, hasEndedProcesses } from '../row/user-state';
import { giveUpOnUser } from './give-up-on-user';

/** Handling that ended its process so often is not begun again. */
export const mostDeaths = 3;

/** What of a message is needed to find the user whose handling ends the process. */
export type Handled = { readonly messageId: string; readonly userOf: () => UserId | undefined };

/**
 * Handles one user's message so that a user whose handling ends the process is found: the broker does not count the
 * deliveries of sessions whose process died, so the message would come back for ever, and take with it all who are
 * handled at the same time. While processes die, and only then, each handling is noted with its process and message
 * before it begins, and its own note is forgotten when it ends. A note counts once its process is known to be dead:
 * overlapping messages about one user are no deaths. Who was being handled at one death is handled one message at a
 * time; from the second on one user at a time, so that the next death names one. After three the user is a failure.
 */
export async function handleCarefully(
  services: PerformServices & Pick<Services, 'crashWatch' | 'handling'>,
  task: Task,
  { messageId, userOf }: Handled,
  work: () => Promise<void>,
): Promise<void> {
  const { crashWatch, handling, clock } = services;
  return crashWatch.alive(async () => {
    if (!(await crashWatch.isCareful())) return work();
    const userId = userOf();
    if (userId === undefined) return work();
    const deaths = await notesOfDeaths(services, userId);
    if (deaths.length >= mostDeaths) return giveUpOn(services, task, userId, deaths);
    const noted = async () => {
      const own = { instance: crashWatch.instance, message: messageId, at: clock.now() };
      await handling.begin(userId, own);
      // A process that is taken away in the middle has not been ended by this user.
      const calledOff = crashWatch.beforeGoodbye(() => handling.forget(userId, [own]));
      const forget = () => {
        calledOff();
        // This message ended and the process lives: where it died before, another user was the cause.
        return handling.forget(userId, [own, ...deaths.filter(({ message }) => message === messageId)]);
      };
      try {
        await work();
      } catch (thrown) {
        // Why the work failed is what counts; a note that stays is too old after half an hour.
        await forget().catch((error: unknown) =>
          task.logger.warn('The note of who is handled could not be taken back', { userId, error }),
        );
        throw thrown;
      }
      await forget();
    };
    if (deaths.length === 0) return noted();
    return crashWatch.alone(deaths.length === 1 ? userId : 'every suspect', noted);
  });
}

/** Handlings of this user whose process died before they ended; what is older than half an hour is forgotten. */
async function notesOfDeaths(
  { crashWatch, handling, clock }: Pick<Services, 'clock' | 'crashWatch' | 'handling'>,
  userId: UserId,
): Promise<readonly HandlingNote[]> {
  const notes = await handling.notes(userId);
  const dead = await crashWatch.deadAmong(notes.map(({ instance }) => instance));
  const ofDead = notes.filter(({ instance }) => dead.has(instance));
  const isOld = ({ at }: HandlingNote) => clock.now() - at >= timing.crashes.window.ms;
  await handling.forget(userId, ofDead.filter(isOld));
  return ofDead.filter((note) => !isOld(note));
}

async function giveUpOn(
  services: PerformServices & Pick<Services, 'handling'>,
  task: Task,
  userId: UserId,
  deaths: readonly HandlingNote[],
): Promise<void> {
  const reason: Reason = {
    code: crashCode,
    text: `Handling this user ended the app's process ${String(deaths.length)} times.`,
  };
  await giveUpOnUser(services, task, userId, 'crash', reason, hasEndedProcesses);
  await services.handling.forget(userId, deaths);
}
