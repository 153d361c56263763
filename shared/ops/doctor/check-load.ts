import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { queueStatus } from '../queues/queue-status';
import { fail, isRefusedQueue, notPeeked, ok, warn } from './finding';
import type { Finding, LookedBy } from './finding';
import { timing } from '../../kernel/timing';

/**
 * Dead letters, open failures, and messages that no function takes. Who may not look at the queues learns the failures.
 * Without the right to count, queues are peeked at: so what is refused here is peeking.
 */
export async function checkLoad(
  { failures, clock }: Pick<Services, 'failures' | 'clock'>,
  inspector: QueueInspector,
  by: LookedBy,
): Promise<readonly Finding[]> {
  const ofQueues = await checkWaiting(inspector, clock).catch((error: unknown) => {
    if (isRefusedQueue(error)) return [notPeeked('queue', error, by)];
    throw error;
  });
  let open = 0;
  for await (const _failure of failures.places('open')) open++;
  return [
    ...ofQueues,
    open === 0
      ? ok('failures', 'none open')
      : fail('failures', `${String(open)} open`, 'Each says what to do: licenser failure list.'),
  ];
}

async function checkWaiting(inspector: QueueInspector, clock: Services['clock']): Promise<Finding[]> {
  const findings: Finding[] = [];
  const queues = await queueStatus(inspector, clock);
  for (const { queue, active, oldestAgeMs, missing } of queues) {
    if (missing !== null) findings.push(warn('queue', `${queue}: ${missing}`, 'See docs/permissions.md.'));
    if (oldestAgeMs === null || oldestAgeMs < timing.doctor.queueStale.ms) continue;
    const minutes = String(Math.round(oldestAgeMs / 60_000));
    findings.push(
      warn(
        'queue age',
        `${queue}: ${active === null ? 'the oldest message is' : `${String(active)} messages, the oldest`} ${minutes} minutes old`,
        'See that the functions run and do not fail. After a sync of many users it is the write quota at work.',
      ),
    );
  }
  const dead = queues.reduce((sum, { deadLettered }) => sum + (deadLettered ?? 0), 0);
  const isCounted = queues.every(({ deadLettered }) => deadLettered !== null);
  findings.push(
    dead === 0
      ? ok('dead letters', isCounted ? 'none' : 'not counted')
      : fail(
          'dead letters',
          dead === 1 ? '1 message' : `${String(dead)} messages`,
          'Look at them: licenser failure list.',
        ),
  );
  return findings;
}
