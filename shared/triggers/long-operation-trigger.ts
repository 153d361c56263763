import type { InvocationContext } from '@azure/functions';
import { systemClock } from '../kernel/clock';
import { TransientError } from '../kernel/errors';
import { timing } from '../kernel/timing';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { withSpan } from '../observe/spans';
import type { Task } from '../pipeline/task';
import type { Work } from '../queue/due-work';
import { readOperatorRequest } from '../queue/operator-requests';
import type { OperatorRequest } from '../queue/operator-requests';
import { traceOf } from './trace-of';

type Run = {
  /** Does an operation that a person asked for. */
  readonly operation: (operationId: string) => Promise<void>;
  /** Does work that is due, and waits for nothing that is away: another message comes. */
  readonly work: (task: Task, request: Extract<OperatorRequest, { work: Work }>) => Promise<void>;
};

/**
 * Service Bus edge of the operations, and of the work that the timer found due. What is away is waited for before the
 * message of an operation is delivered again, so that its ten deliveries outlast a process that ended and left its
 * operation behind.
 */
export function makeLongOperationTrigger(run: Run) {
  return throughInvocation(async (body: unknown, context: InvocationContext): Promise<void> => {
    const logger = makeInvocationLogger(context);
    const request = readOperatorRequest(body);
    if (request === undefined) {
      logger.error('A message that names no operation was dropped', { body });
      return;
    }
    if (request.work !== undefined) {
      await withSpan(request.work, traceOf(context), (trace) => run.work({ logger, trace }, request));
      return;
    }
    const id = request.operation;
    try {
      await run.operation(id);
    } catch (error) {
      logger.warn('The operation is tried again', { operation: id, error });
      if (error instanceof TransientError) await systemClock.sleep(timing.ops.operationBeat.ms);
      throw error;
    }
  });
}
