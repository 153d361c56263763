import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { toUserId } from '../../shared/kernel/ids';
import { laneOf } from '../../shared/queue/lanes';

/**
 * The longest that any lane with work left waited for its next write, milliseconds: from its last write, or from
 * `queuedAt`, when everybody's operation was in the lanes' queues; before that a lane may have had nothing to write yet.
 */
export function longestLaneWait(
  log: readonly WriteLogEntry[],
  userIds: readonly string[],
  lanes: number,
  queuedAt: number,
): number {
  const lastAt = new Map(userIds.map((id) => [laneOf(toUserId(id.toLowerCase()), lanes), queuedAt]));
  let longest = 0;
  for (const { userId, at } of log) {
    const lane = laneOf(toUserId(userId.toLowerCase()), lanes);
    const before = lastAt.get(lane);
    if (before === undefined || at <= queuedAt) continue;
    longest = Math.max(longest, at - before);
    lastAt.set(lane, at);
  }
  return longest;
}
