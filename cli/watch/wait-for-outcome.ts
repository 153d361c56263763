import type { Clock } from '../../shared/kernel/clock';
import type { UserId } from '../../shared/kernel/ids';
import type { UserStore } from '../../shared/store/ports/user-store';
import { timing } from '../../shared/kernel/timing';

/** The user's outcome as soon as there is one; null: not within `timeoutMs`. */
export async function waitForOutcome(
  users: UserStore,
  id: UserId,
  timeoutMs: number,
  clock: Clock,
): Promise<string | null> {
  const deadline = clock.now() + timeoutMs;
  for (;;) {
    const { state } = await users.read(id);
    if (state?.outcome) return state.outcome;
    if (clock.now() >= deadline) return null;
    await clock.sleep(timing.commands.outcomePoll.ms);
  }
}
