import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../services';
import type { Task } from '../task';
import { recordFailure } from '../row/record-failure';
import { newUserState } from '../row/user-state';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';

/** A failure, in the user's row too: what was asked for is not done, and whoever is licensed later settles it. */
export async function giveUpOnUser(
  services: Services,
  task: Task,
  userId: UserId,
  failureClass: string,
  reason: Reason,
  isDone: (state: UserState | null) => boolean = () => false,
): Promise<void> {
  let isRecorded = false;
  for (;;) {
    const record = await services.users.read(userId);
    if (isDone(record.state)) return;
    if (!isRecorded) await recordFailure(services, task, userId, { class: failureClass }, reason);
    isRecorded = true;
    const before = record.state ?? newUserState(services.clock.now());
    try {
      await services.users.commit(record, {
        // The intent stays: whether the write took effect is settled when somebody looks again.
        state: { ...before, outcome: 'failed', reasons: [reason], digest: null, retry: null },
        timeline: [
          {
            version: before.version,
            step: 'refused',
            at: services.clock.now(),
            text: reason.text,
            facts: {},
          },
        ],
      });
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}
