import type { InvocationContext, Timer } from '@azure/functions';
import { ConcurrencyError, UserError } from '../kernel/errors';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { withSpan } from '../observe/spans';
import type { Pipeline } from '../pipeline/dependencies';
import { carryTrace } from '../pipeline/observed/carry-trace';
import { traceOf } from './trace-of';

/** A timer handler. What another instance has done meanwhile, or a person must mend, is no failed run. */
export function makeTimerTrigger(
  pipeline: () => Promise<Pipeline>,
  handle: (pipeline: Pipeline) => Promise<void>,
) {
  return async (_timer: Timer, context: InvocationContext): Promise<void> => {
    const logger = makeInvocationLogger(context);
    try {
      const shared = await pipeline();
      await withSpan(context.functionName, traceOf(context), (traceparent) => {
        const queues = carryTrace(shared.queues, traceparent, shared.clock);
        return handle({ ...shared, queues, logger });
      });
    } catch (error) {
      if (error instanceof ConcurrencyError) {
        logger.info('Another instance is doing this round');
        return;
      }
      if (error instanceof UserError) {
        logger.error('Not possible until it is mended', { error, hint: error.hint });
        return;
      }
      throw error;
    }
  };
}
