import { timing } from '../../kernel/timing';
import type { RememberedAnswer } from '../../store/ports/ops/operator-request';
import type { RecordStore } from '../../store/ports/record-store';
import type { OpsServices } from '../route';

/**
 * Of the timer `observe`: an operation whose message was lost gets another one, and what is kept no longer is removed.
 */
export async function keepLongOperations(
  { services, operations, approvals, plans, logger, send }: OpsServices,
  answers: RecordStore<RememberedAnswer>,
): Promise<void> {
  const now = services.clock.now();
  const { operationLost, operationKept, operationTaken, idempotency, planKept } = timing.ops;
  for await (const { id, value } of operations.list()) {
    const { state, askedAt, beatAt } = value;
    const isLost =
      (state === 'queued' && now - askedAt > operationLost.ms) ||
      (state === 'running' && now - (beatAt ?? askedAt) > operationTaken.ms * 2);
    if (isLost) {
      logger.warn('An operation is sent again', { operation: id, state });
      await send(id);
    } else if (now - askedAt > operationKept.ms && (state === 'done' || state === 'failed')) {
      await operations.remove(id);
    }
  }
  for await (const { id, value } of approvals.list()) {
    // After its operation, which asks for it: that is removed a week after it was asked for.
    if (now - value.expiresAt > operationKept.ms) await approvals.remove(id);
  }
  await plans.removeBefore(now - planKept.ms);
  for await (const { id, value } of answers.list()) {
    if (now - value.at > idempotency.ms) await answers.remove(id);
  }
}
