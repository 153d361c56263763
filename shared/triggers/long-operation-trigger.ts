import type { InvocationContext } from '@azure/functions';
import { systemClock } from '../kernel/clock';
import { TransientError } from '../kernel/errors';
import { timing } from '../kernel/timing';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { readOperatorRequest } from '../queue/operator-requests';

/**
 * Service Bus edge of the operations. What is away is waited for before the message is delivered again, so that its
 * ten deliveries outlast a process that ended and left its operation behind.
 */
export function makeLongOperationTrigger(run: (operationId: string) => Promise<void>) {
  return async (body: unknown, context: InvocationContext): Promise<void> => {
    const logger = makeInvocationLogger(context);
    const id = readOperatorRequest(body);
    if (id === undefined) {
      logger.error('A message that names no operation was dropped', { body });
      return;
    }
    try {
      await run(id);
    } catch (error) {
      logger.warn('The operation is tried again', { operation: id, error });
      if (error instanceof TransientError) await systemClock.sleep(timing.ops.operationBeat.ms);
      throw error;
    }
  };
}
