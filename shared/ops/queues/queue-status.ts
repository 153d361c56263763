import type { Clock } from '../../kernel/clock';
import { PermanentError } from '../../kernel/errors';
import type { QueueInspector } from '../../queue/queue-inspector';
import { queueNames } from '../../queue/queues';
import type { QueueName } from '../../queue/queues';

export type QueueView = {
  readonly queue: string;
  readonly exists: boolean;
  /** Those that are being worked on count as active: the broker does not tell them apart. null: not known. */
  readonly active: number | null;
  readonly scheduled: number | null;
  readonly deadLettered: number | null;
  /** Milliseconds; null: no active message, or `missing` says why it is not known. */
  readonly oldestAgeMs: number | null;
  /** Why part of this is not known; null: all is. */
  readonly missing: string | null;
};

/**
 * Depth, age of the oldest and dead letters of each queue. Where the right to count is missing, what peeking shows.
 * @throws TransientError `queue/unreachable`
 */
export async function queueStatus(inspector: QueueInspector, clock: Clock): Promise<readonly QueueView[]> {
  return Promise.all(Object.values(queueNames).map((queue) => statusOf(inspector, clock, queue)));
}

async function statusOf(inspector: QueueInspector, clock: Clock, queue: QueueName): Promise<QueueView> {
  const counts = await countsOf(inspector, queue);
  const known = counts === 'refused' ? undefined : counts;
  const exists = counts !== undefined;
  const oldest = exists && known?.active !== 0 ? await inspector.oldestActiveAt(queue) : null;
  return {
    queue,
    exists,
    active: known?.active ?? (exists ? null : 0),
    scheduled: known?.scheduled ?? (exists ? null : 0),
    deadLettered: known?.deadLettered ?? (exists ? null : 0),
    oldestAgeMs: typeof oldest === 'number' ? Math.max(0, clock.now() - oldest) : null,
    missing:
      counts === 'refused'
        ? 'Counting takes the right Manage on the queue (role Azure Service Bus Data Owner).'
        : oldest === 'unknown'
          ? 'The oldest active message stands behind many scheduled ones and was not found yet.'
          : null,
  };
}

async function countsOf(inspector: QueueInspector, queue: QueueName) {
  try {
    return await inspector.counts(queue);
  } catch (error) {
    if (error instanceof PermanentError && error.code === 'queue/not-allowed') return 'refused';
    throw error;
  }
}
