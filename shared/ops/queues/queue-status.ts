import type { Clock } from '../../kernel/clock';
import type { QueueInspector } from '../../queue/queue-inspector';
import { queueNames } from '../../queue/queues';

export type QueueView = {
  readonly queue: string;
  readonly exists: boolean;
  /** Those that are being worked on count as active: the broker does not tell them apart. */
  readonly active: number;
  readonly scheduled: number;
  readonly deadLettered: number;
  /** Milliseconds; null: no active message. */
  readonly oldestAgeMs: number | null;
};

/** Depth, age of the oldest and dead letters of each queue. */
export async function queueStatus(inspector: QueueInspector, clock: Clock): Promise<readonly QueueView[]> {
  return Promise.all(
    Object.values(queueNames).map(async (queue) => {
      const counts = await inspector.counts(queue);
      const oldest = (counts?.active ?? 0) > 0 ? await inspector.oldestActiveAt(queue) : null;
      return {
        queue,
        exists: counts !== undefined,
        active: counts?.active ?? 0,
        scheduled: counts?.scheduled ?? 0,
        deadLettered: counts?.deadLettered ?? 0,
        oldestAgeMs: oldest === null ? null : Math.max(0, clock.now() - oldest),
      };
    }),
  );
}
