import type { InvocationContext, Timer } from '@azure/functions';
import { ConcurrencyError, UserError } from '../../kernel/errors';
import { makeInvocationLogger } from '../../observe/invocation-logger';
import type { Pipeline } from '../dependencies';

/** A timer handler. What another instance has done meanwhile, or a person must mend, is no failed run. */
export function makeTimerTrigger(
  pipeline: () => Promise<Pipeline>,
  handle: (pipeline: Pipeline) => Promise<void>,
) {
  return async (_timer: Timer, context: InvocationContext): Promise<void> => {
    const logger = makeInvocationLogger(context);
    try {
      await handle({ ...(await pipeline()), logger });
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
