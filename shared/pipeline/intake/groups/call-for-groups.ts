import { ensureError } from '../../../kernel/errors';
import { timing } from '../../../kernel/timing';
import type { Services } from '../../services';

/** Sends the message on which groups are followed at this time, milliseconds. */
export type SendGroupCall = (at: number) => Promise<void>;

/**
 * Has the changes of groups followed soon after a notification about one: once within a second, and once more some seconds
 * later. A run that is still to come takes whatever happened before it, so that a process sends two messages in a second and
 * a half at most, however many notifications come. What it remembers only saves messages: the timer of the deltas finds the
 * changes in any case, so a message that cannot be sent is no reason for Graph to send everything again.
 */
export function makeGroupCalls(send: SendGroupCall) {
  let soonAt = -Infinity;
  let againAt = -Infinity;
  return async ({ clock }: Pick<Services, 'clock'>, onError: (error: Error) => void): Promise<void> => {
    const { groupCall, groupCallAgain, groupCallLag } = timing.intake;
    const now = clock.now();
    const due: number[] = [];
    if (soonAt <= now) {
      soonAt = now + groupCall.ms;
      due.push(soonAt);
    }
    if (againAt < now + groupCallLag.ms) {
      againAt = now + groupCallAgain.ms;
      due.push(againAt);
    }
    try {
      await Promise.all(due.map(send));
    } catch (thrown) {
      soonAt = -Infinity;
      againAt = -Infinity;
      onError(ensureError(thrown));
    }
  };
}
