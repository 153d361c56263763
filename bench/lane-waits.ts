import type { WriteLogEntry } from '../local/demo/control-api';
import { toUserId } from '../shared/kernel/ids';
import { laneOf } from '../shared/queue/lanes';

/**
 * The longest that any lane with work left waited for its next write, milliseconds: from the start, or from its last
 * write, to the next one. `userIds`: everybody who has something to be written, from `startedAt` on.
 */
export function longestLaneWait(
  log: readonly WriteLogEntry[],
  userIds: readonly string[],
  lanes: number,
  startedAt: number,
): number {
  const lastAt = new Map(userIds.map((id) => [laneOf(toUserId(id.toLowerCase()), lanes), startedAt]));
  let longest = 0;
  for (const { userId, at } of log) {
    const lane = laneOf(toUserId(userId.toLowerCase()), lanes);
    const before = lastAt.get(lane);
    if (before === undefined) continue;
    longest = Math.max(longest, at - before);
    lastAt.set(lane, at);
  }
  return longest;
}
