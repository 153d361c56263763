import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { LongOperation, RememberedAnswer } from '../../store/ports/ops/operator-request';
import type { RecordStore, Stored } from '../../store/ports/record-store';
import { OpsProblem, toBody } from '../problem';
import type { OpsServices } from '../route';
import { auditEnded } from './audit-request';

/** A process began it so often, and did not end it. */
const mostAttempts = 20;

/**
 * Of the timer `observe`: an operation whose message was lost gets another one, and what is kept no longer is removed.
 */
export async function keepLongOperations(
  ops: OpsServices,
  answers: RecordStore<RememberedAnswer>,
): Promise<void> {
  const { services, operations, approvals, plans } = ops;
  const now = services.clock.now();
  const { operationLost, operationKept, operationTaken, idempotency, planKept } = timing.ops;
  for await (const stored of operations.list()) {
    const { id, value } = stored;
    const { state, askedAt, beatAt, sentAt } = value;
    // One message at a time: the one that was sent before is given as long as the first.
    const lastSign = Math.max(sentAt ?? askedAt, beatAt ?? 0);
    const isLost =
      (state === 'queued' && now - lastSign > operationLost.ms) ||
      (state === 'running' && now - lastSign > operationTaken.ms * 2);
    if (isLost) await sendAgainOrEnd(ops, stored);
    else if (now - askedAt > operationKept.ms && (state === 'done' || state === 'failed')) {
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

/** Nothing is tried for ever: after a day, or twenty attempts, an operation has failed. */
async function sendAgainOrEnd(
  { services, operations, logger, send }: OpsServices,
  stored: Stored<LongOperation>,
): Promise<void> {
  const { id, value } = stored;
  const now = services.clock.now();
  try {
    if (now - value.askedAt < timing.ops.operationDeadline.ms && value.attempts < mostAttempts) {
      await operations.update(stored, { ...value, sentAt: now });
      logger.warn('An operation is sent again', { operation: id, state: value.state });
      await send(id);
      return;
    }
    const problem = new OpsProblem(
      503,
      'ops/operation-given-up',
      'It could not be done in a day or in twenty attempts.',
      {
        hint: 'Ask for it again; the app’s log says what stood in its way.',
      },
    );
    const body = { ...toBody(problem, value.requestId) };
    await operations.update(stored, { ...value, state: 'failed', problem: body, endedAt: now });
    logger.error('An operation is given up', { operation: id, attempts: value.attempts });
    if (value.auditKey !== null)
      await auditEnded(services, { key: value.auditKey, isCompleted: false }, problem);
  } catch (error) {
    // A process has begun it meanwhile.
    if (!(error instanceof ConcurrencyError)) throw error;
  }
}
