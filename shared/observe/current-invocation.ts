import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogFields, Logger } from '../kernel/logger';
import { makeInvocationLogger } from './invocation-logger';
import type { InvocationLog } from './invocation-logger';

type Current = { readonly log: InvocationLog; isOver: boolean };

const storage = new AsyncLocalStorage<Current>();

/** Runs the work of one invocation: what is logged for the process meanwhile goes out through the invocation. */
export async function inInvocation<Result>(log: InvocationLog, work: () => Promise<Result>): Promise<Result> {
  const current: Current = { log, isOver: false };
  try {
    return await storage.run(current, work);
  } finally {
    // Work that goes on beside, such as calls of the webhook, may no longer log through it.
    current.isOver = true;
  }
}

/** A handler whose invocation also takes what is logged for the process while it runs. */
export function throughInvocation<Input, Context extends InvocationLog, Result>(
  handle: (input: Input, context: Context) => Promise<Result>,
): (input: Input, context: Context) => Promise<Result> {
  return (input, context) => inInvocation(context, () => handle(input, context));
}

/**
 * The logger of what the functions of a process share. Through the invocation that is under way a line has its level and
 * the invocation's id; the Functions host guesses the level of a line on stderr from words in it ("warn", "error", "fail").
 * Source: https://learn.microsoft.com/azure/azure-functions/functions-reference-node (logging); Azure/azure-functions-host,
 * src/WebJobs.Script/Workers/ProcessManagement/WorkerProcess.cs
 * @param fallback for lines of no invocation
 */
export function makeProcessLogger(fallback: Logger): Logger {
  const now = (): Logger => {
    const current = storage.getStore();
    return current === undefined || current.isOver ? fallback : makeInvocationLogger(current.log);
  };
  return askedEachTime(now, {});
}

function askedEachTime(now: () => Logger, fixed: LogFields): Logger {
  const line =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) =>
      now()[level](message, { ...fixed, ...fields });
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => askedEachTime(now, { ...fixed, ...fields }),
  };
}
