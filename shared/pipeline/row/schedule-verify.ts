import type { UserId } from '../../kernel/ids';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';

/** A crowd's verification waits until its writes are over, and spreads over as much again. */
const crowdFactor = 10;
const longestMs = 2 * 60 * 60_000;
/** What is not in service by then is a failure. */
export const verifyForMs = 24 * 60 * 60_000;

/**
 * Schedules a look at whether the write of this time has reached the services. Sent before the row that knows the
 * write is stored: the hint carries the write's time, and one that no row confirms ends after reading the row. Each
 * look comes about twice as late as the one before, so nothing has to count them.
 */
export async function scheduleVerify(
  services: Services,
  task: Task,
  userId: UserId,
  writtenAt: number,
  isCrowd: boolean,
): Promise<void> {
  const { clock, random, settings } = services;
  if (settings.verifyAfterMs === 0) return;
  const now = clock.now();
  const firstMs = settings.verifyAfterMs * (isCrowd ? crowdFactor : 1);
  const waitMs = Math.min(longestMs, Math.max(firstMs, now - writtenAt));
  await sendHints(
    services,
    task,
    [
      {
        kind: 'verify',
        user: { id: userId },
        source: 'retry',
        seenAt: new Date(writtenAt).toISOString(),
        retryToken: String(writtenAt),
        ...(isCrowd ? { crowd: true } : {}),
      },
    ],
    now + Math.round(waitMs * (1 + random())),
  );
}
