import type { InvocationContext, Timer } from '@azure/functions';
import { ConcurrencyError, UserError } from '../kernel/errors';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { withSpan } from '../observe/spans';
import type { Services } from '../pipeline/services';
import type { Task } from '../pipeline/task';
import { traceOf } from './trace-of';

/** A timer handler. What another instance has done meanwhile, or a person must fix, is no failed run. */
export function makeTimerTrigger(
  build: () => Promise<Services>,
  handle: (services: Services, task: Task) => Promise<void>,
) {
  return throughInvocation(async (_timer: Timer, context: InvocationContext): Promise<void> => {
    const logger = makeInvocationLogger(context);
    try {
      const services = await build();
      await withSpan(context.functionName, traceOf(context), (trace) => handle(services, { logger, trace }));
    } catch (error) {
      if (error instanceof ConcurrencyError) {
        logger.info('Another instance is doing this round');
        return;
      }
      if (error instanceof UserError) {
        logger.error('Not possible until it is fixed', { error, hint: error.hint });
        return;
      }
      throw error;
    }
  });
}
